import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/config.ts'
import { realPrometheusBinaries, requireReal } from '../support/real-prometheus.ts'
import { scrape, type ScrapingPrometheus } from '../support/scraped.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/how-to/add-a-source.md'), 'utf8')

/** The code blocks of the page in order, by what they are written in. */
const blocks = (language: string): readonly string[] =>
  [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , text = '']) => text)

const [sample = ''] = blocks('prometheus')
const [definition = '', ...otherJson] = blocks('json')
const override = otherJson.at(-1) ?? ''
const answers = otherJson.slice(0, -1)
/** Each question of the page: its path below `/api/v1`, and which fields of each row it shows. */
const questions = blocks('sh').flatMap((text) =>
  [...text.matchAll(/http:\/\/localhost:8001\/api\/v1(\S+) \| jq -c '.*\{([a-z_, ]+)\}'/g)].map(
    ([, path = '', fields = '']) => ({ path, fields: fields.split(', ') }),
  ),
)

const PROMETHEUS = requireReal('prometheus', 'prometheus')
const folder = mkdtempSync(join(tmpdir(), 'add-a-source-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(text: string): string {
  const file = join(folder, 'sources.json')
  writeFileSync(file, text)
  return file
}

describe.skipIf(!PROMETHEUS)('docs/how-to/add-a-source.md', () => {
  let prometheus: ScrapingPrometheus
  let server: WholeServer
  const start = (file: string) =>
    wholeServer([{ name: 'default', url: prometheus.url }], { SOURCES_FILE: file })

  beforeAll(async () => {
    prometheus = await scrape([{ job: 'acme', text: sample }], realPrometheusBinaries()[0]?.path)
    server = await start(fileOf(definition))
    await prometheus.scraped()
  }, 60_000)
  afterAll(async () => {
    await server.close()
    await prometheus.stop()
  })

  it('asks what it answers', () => {
    expect(questions.map(({ path }) => path)).toEqual([
      '/system/capabilities',
      '/accelerators/npus',
      '/accelerators/npus/summary',
    ])
    expect(answers).toHaveLength(questions.length)
  })

  it.each(questions.map((question, place) => ({ ...question, answer: answers[place] ?? '' })))(
    'gets from $path what it says',
    async ({ path, fields, answer }) => {
      const { status, body } = await server.get(path)
      expect(status).toBe(200)
      const shown = answer
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object)
      expect(rowsOf(body.data).map((row) => pick(row, fields))).toEqual(shown)
    },
  )

  it('shows the mistakes that it says', async () => {
    const broken = JSON.parse(definition)
    broken[0].measures.power_watts.unit = 'joules'
    broken[0].freshnessSeconds = 0
    const file = fileOf(JSON.stringify(broken))
    const told = await start(file).then(
      () => '',
      (error: unknown) => (error instanceof ConfigError ? error.message : String(error)),
    )
    expect(`${told.replaceAll(file, '/etc/kcloud-monitor/sources.json')}\n`).toBe(blocks('text')[0])
  })

  it('overrides a built-in source as it says', async () => {
    const other = await start(fileOf(override))
    const { body } = await other.get('/system/capabilities')
    const found = body.data.sources.filter(({ name }: { name: string }) => name === 'hygon')
    expect(found).toMatchObject([
      {
        title: 'Hygon dcu-exporter, as our firmware has it',
        measures: ['power_watts'],
        caution: null,
      },
    ])
    await other.close()
  })
})

/** What the filter of a question looks at: the source of the page, each row of a list, or the only row. */
function rowsOf(data: any): readonly object[] {
  if (Array.isArray(data)) return data
  return data.sources?.filter(({ name }: { name: string }) => name === 'acme') ?? [data]
}

const pick = (row: object, fields: readonly string[]) =>
  Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field)))
