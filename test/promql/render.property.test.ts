import { parser } from '@prometheus-io/lezer-promql'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Kind, NonEmpty } from '../../src/kernel/kind.ts'
import {
  count,
  counter,
  differs,
  equals,
  firstOf,
  gauge,
  type Matcher,
  oneOf,
  over,
  rate,
  startsWith,
  sum,
  type Vector,
} from '../../src/promql/expression.ts'
import { render } from '../../src/promql/render.ts'
import {
  type RealBinary,
  type RealPrometheus,
  realPrometheusBinaries,
  requireReal,
  startPrometheus,
} from '../support/real-prometheus.ts'

const SEED = 20_261
const VALUES = 5_000

/** What breaks out of literals, ends lines, means something in a pattern, or is no text at all. */
const nasty = [
  ...[
    '"',
    '\\',
    '\\"',
    "'",
    '`',
    '\n',
    '\r',
    '\t',
    '\v',
    '\b',
    '{',
    '}',
    '[5m]',
    ',',
    '#',
    '/*',
    '%22',
  ],
  ...['"} or vector(1) #', '",l=~".*', '\\"} or up #', '"}) or sum({__name__=~".+', '\n} or up'],
  ...[
    '.',
    '.*',
    '.+',
    '|',
    'a|b',
    '^',
    '$',
    '(?i)',
    '(?s:.*)',
    '(',
    ')',
    '[^x]',
    '\\E',
    '\\Q',
    '\\d',
    '{2}',
  ],
  ...[
    '\\x41',
    '\\u0041',
    '\\101',
    '\\n',
    '\u0000',
    '\u001f',
    '\u007f',
    '\u0085',
    '\u2028',
    '\u2029',
  ],
  ...[
    '\ud800',
    '\udfff',
    '\udc00\ud800',
    '\ufeff',
    '\ufffd',
    '\uffff',
    '😀',
    '한국어',
    'e\u0301',
    'İ',
    'ß',
  ],
]
const piece = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
)
const labelValue = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))

describe('render under the grammar of Prometheus', () => {
  const queryOf = (value: string) =>
    firstOf([
      sum(rate(over(counter('m', [equals('l', value), differs('l', value)]), 60)), ['l']),
      gauge(['m', 'n'], [startsWith('l', value), oneOf('l', [value, 'x', value])]),
    ])
  const treeOf = (query: Vector<Kind>) => shapeOf(render(query))
  const plain = treeOf(queryOf('plain'))

  it('knows an error when it sees one', () => {
    expect(plain).toContain('StringLiteral')
    expect(plain).not.toContain('⚠')
    expect(shapeOf('m{l="a" b"}')).toContain('⚠')
  })

  it(`has the same parse tree whatever the value, ${VALUES} times`, () => {
    const property = fc.property(labelValue, (value) => {
      expect(treeOf(queryOf(value))).toBe(plain)
    })
    fc.assert(property, { seed: SEED, numRuns: VALUES })
  })
})

function shapeOf(promql: string): string {
  const names: string[] = []
  parser.parse(promql).iterate({
    enter: ({ name }) => void names.push(`${name}(`),
    leave: () => void names.push(')'),
  })
  return names.join('')
}

const KINDS = ['equals', 'differs', 'starts_with', 'one_of'] as const
/** So many values share one query. */
const SLOTS = Array.from({ length: 10 }, (_, slot) => slot)
const real = requireReal('prometheus', 'prometheus') && requireReal('promtool', 'prometheus')
const absent: RealBinary = { name: 'Prometheus', path: 'prometheus', edges: 'closed' }
const servers = real ? realPrometheusBinaries() : [absent]

describe.skipIf(!real).each(servers)('render on $name', { timeout: 120_000 }, ({ path }) => {
  const values = fc.sample(labelValue, { seed: SEED, numRuns: VALUES })
  // Some of the values exist, so that each can be seen to reach its own series and no other.
  const stored = [...new Set([...nasty, ...values.slice(0, 60), 'a', 'plain'])].filter(isStorable)
  let server: RealPrometheus

  beforeAll(async () => {
    server = await startPrometheus({ binary: path, openMetrics: textOf(stored) })
  })
  afterAll(() => server.stop())

  it(`reaches the series with the value and no other, ${VALUES} times`, async () => {
    for (let i = 0; i < values.length; i += SLOTS.length) {
      const batch = values.slice(i, i + SLOTS.length)
      expect(await reached(server.url, batch), JSON.stringify(batch)).toEqual(
        batch.flatMap((value, slot) => expected(stored, value, slot)).sort(),
      )
    }
  })
})

/** What a label can hold, and OpenMetrics text can say. */
function isStorable(value: string): boolean {
  return value !== '' && value.isWellFormed() && !value.includes('\u0000')
}

/** Every value in a series of its own for every kind of matcher and every slot: answers tell them apart. */
function textOf(stored: readonly string[]): string {
  const escaped = stored.map((value) =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n'),
  )
  const places = SLOTS.flatMap((slot) => KINDS.map((kind) => `slot="${slot}",kind="${kind}"`))
  const series = escaped.flatMap((value) => places.map((place) => `${place},l="${value}"`))
  return series.map((labels) => `target{${labels}} 1 1700000000\n`).join('')
}

/** Every kind of matcher, each in its own series. */
function queryOf(value: string, slot: number): NonEmpty<Vector<'gauge'>> {
  const target = (kind: string, ...where: Matcher[]) =>
    gauge('target', [equals('slot', `${slot}`), equals('kind', kind), ...where])
  return [
    target('equals', equals('l', value)),
    target('starts_with', startsWith('l', value)),
    target('one_of', oneOf('l', [value, 'none such', `${value} neither`])),
    count(target('differs', differs('l', value)), ['slot', 'kind']),
  ]
}

interface Reply {
  readonly error?: string
  readonly data?: {
    readonly result: readonly {
      readonly metric: { readonly slot: string; readonly kind: string; readonly l?: string }
      readonly value: readonly [number, string]
    }[]
  }
}

/** What a batch of values finds in one query: a line for each series, or how many, where that is nearly all. */
async function reached(url: string, batch: readonly string[]): Promise<string[]> {
  const [first, ...others] = batch.flatMap((value, slot) => queryOf(value, slot))
  const body = new URLSearchParams({
    query: render(firstOf([first!, ...others])),
    time: '1700000000',
  })
  const reply = await fetch(`${url}/api/v1/query`, { method: 'POST', body })
  const { data, error } = (await reply.json()) as Reply
  if (data === undefined) throw new Error(`${error ?? ''}: ${JSON.stringify(batch)}`)
  return data.result
    .map(({ metric, value: [, text] }) => `${metric.slot} ${metric.kind} ${metric.l ?? text}`)
    .sort()
}

function expected(stored: readonly string[], value: string, slot: number): string[] {
  // Text with half a surrogate pair cannot be sent: it stands for the replacement character.
  const sent = value.toWellFormed()
  const same = stored.filter((text) => text === sent)
  return [
    ...same.map((text) => `${slot} equals ${text}`),
    ...same.map((text) => `${slot} one_of ${text}`),
    ...stored.filter((text) => text.startsWith(sent)).map((text) => `${slot} starts_with ${text}`),
    `${slot} differs ${stored.length - same.length}`,
  ]
}
