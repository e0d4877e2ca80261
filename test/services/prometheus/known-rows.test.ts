import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knownRowReader, type KnownRow } from '../../../src/services/prometheus/known-rows.ts'
import { vectorParser, type Parsed } from '../../../src/services/prometheus/parse.ts'
import { createVectorParsers } from '../../../src/services/prometheus/vector-parsers.ts'
import type { Sample } from '../../../src/promql/samples.ts'
import { isBackendError } from '../../../src/kernel/errors.ts'
import { vectorBody, type FakeRow } from '../../support/fake-prometheus.ts'

const gpus = (count: number, value = 1): readonly FakeRow[] =>
  Array.from({ length: count }, (_, i) => ({
    labels: { UUID: `GPU-${String(i).padStart(36, '0')}`, __name__: 'DCGM_FI_DEV_POWER_USAGE' },
    value: value + i / 8,
  }))

function read(text: string, before: readonly KnownRow[] = []) {
  const known = knownRowReader(before)
  const parser = vectorParser(known)
  const body = Buffer.from(text)
  for (let at = 0; at < body.length; at += 65_536) parser.push(body.subarray(at, at + 65_536))
  return { answer: parser.end(), rows: known.rows() }
}

const body = (rows: readonly FakeRow[], time = 1700000000.5): string => vectorBody(rows, time)
const samplesOf = (rows: readonly FakeRow[], seconds = 1700000000.5): readonly Sample[] =>
  rows.map(({ labels, value }) => ({ labels, seconds, value: value! }))

/** How many rows of an answer have labels that are the same objects as in the answer before. */
function shared({ rows }: Parsed<Sample>, before: Parsed<Sample>): number {
  const known = new Set(before.rows.map(({ labels }) => labels))
  return rows.filter(({ labels }) => known.has(labels)).length
}

describe('an answer that resembles the one before', () => {
  it('has its own values and time, and the labels of before', () => {
    const first = read(body(gpus(3000, 1)))
    const second = read(body(gpus(3000, 500), 1700000030), first.rows)
    expect(second.answer.rows).toEqual(samplesOf(gpus(3000, 500), 1700000030))
    expect(shared(second.answer, first.answer)).toBeGreaterThan(2000)
  })

  it('is read alike when rows have gone, have come, or are others', () => {
    const first = read(body(gpus(3000)))
    const other = { labels: { UUID: 'GPU-new', __name__: 'up' }, value: 7 }
    const changed = [...gpus(3000).slice(0, 900), other, ...gpus(3000).slice(908, 2990)]
    const second = read(body(changed), first.rows)
    expect(second.answer.rows).toEqual(samplesOf(changed))
    expect(shared(second.answer, first.answer)).toBeGreaterThan(1200)
  })

  it('is read alike in another order', () => {
    const first = read(body(gpus(2000)))
    const backwards = gpus(2000).toReversed()
    expect(read(body(backwards), first.rows).answer.rows).toEqual(samplesOf(backwards))
  })

  it.each(['NaN', '+Inf', '-Inf', '0', '-0', '1e+09', '4.9e-324'])(
    'reads the value %s',
    (value) => {
      const text = body(gpus(3000))
      const { rows } = read(text)
      const next = text.replaceAll('"126.125"', `"${value}"`)
      expect(next).not.toBe(text)
      expect(read(next, rows).answer).toEqual(read(next).answer)
    },
  )

  it.each([
    ['a value that is no number', '"126.125"]', '"x"]'],
    ['a value that is not text', '"126.125"]', '126.125]'],
    ['a blank value', '"126.125"]', '""]'],
    ['a third part of a sample', '"126.125"]', '"126.125",1]'],
    ['no bracket', '"126.125"]}', '"126.125"}'],
    ['no comma', '"126.125"]},', '"126.125"]}'],
    ['a time that is not a number', '[1700000000.5,"126.125"', '[17x,"126.125"'],
    ['a time that only JavaScript reads', '[1700000000.5,"126.125"', '[0x11,"126.125"'],
  ])('refuses %s', (_, from, to) => {
    const text = body(gpus(3000))
    const { rows } = read(text)
    const next = text.replace(from, to)
    expect(next).not.toBe(text)
    const error = caught(() => read(next, rows))
    expect(isBackendError(error) && error.kind).toBe('backend_invalid')
  })

  it('is read as if there had been none before, whatever came and went', () => {
    const labels = fc.record(
      {
        UUID: fc.stringMatching(/^GPU-[a-f]{0,3}$/),
        __name__: fc.constantFrom('up', 'down'),
        node: fc.string({ unit: 'grapheme', maxLength: 4 }),
      },
      { requiredKeys: ['UUID'] },
    )
    const rows = fc.array(fc.record({ labels, value: fc.double({ noNaN: true }) }), {
      minLength: 1,
      maxLength: 12,
    })
    const long = rows.map((some) => Array.from({ length: 2500 }, (_, i) => some[i % some.length]!))
    const cut = fc.tuple(fc.nat(2499), fc.nat(40))
    fc.assert(
      fc.property(long, rows, cut, (first, others, [at, gone]) => {
        const next = [...first.slice(0, at), ...others, ...first.slice(at + gone)]
        const known = read(body(first)).rows
        expect(read(body(next), known).answer).toEqual(read(body(next)).answer)
      }),
      { numRuns: 25 },
    )
  })
})

function caught(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('the parsers of one client', () => {
  const parse = (parserOf: ReturnType<typeof createVectorParsers>, query: string) => {
    const parser = parserOf(query)
    const bytes = Buffer.from(body(gpus(1500)))
    for (let at = 0; at < bytes.length; at += 65_536) parser.push(bytes.subarray(at, at + 65_536))
    return parser.end()
  }

  it('know the answer to the same query, and none of another', () => {
    const parserOf = createVectorParsers()
    const first = parse(parserOf, 'a')
    expect(shared(parse(parserOf, 'a'), first)).toBeGreaterThan(500)
    expect(shared(parse(parserOf, 'b'), first)).toBe(0)
  })

  it('forget what was not asked for long', () => {
    const parserOf = createVectorParsers()
    const first = parse(parserOf, 'a')
    for (let i = 0; i < 150; i += 1) parse(parserOf, `another ${i}`)
    expect(shared(parse(parserOf, 'a'), first)).toBe(0)
  })
})
