import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { madeDashboards } from '../../src/cli/dashboards.ts'
import { serveDemoGrafana, type GrafanaApp } from '../support/grafana.ts'

const START = '2026-11-20T05:00:00.000Z'
const NOW = Date.parse(START) / 1000
const SCHEMA = join(
  import.meta.dirname,
  '../../../shared/fixtures/grafana/dashboard.jsonschema.json',
)
const dashboards = madeDashboards()

describe.skipIf(!existsSync(SCHEMA))("Grafana's schema of a dashboard", () => {
  it.each(dashboards.map(({ file }, index) => [file, index] as const))(
    'takes %s',
    (_file, index) => {
      const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
      const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object)
      expect(validate(dashboards[index]!.dashboard), ajv.errorsText(validate.errors)).toBe(true)
      expect(validate({ ...dashboards[index]!.dashboard, title: 1 })).toBe(false)
    },
  )
})

describe('a panel on the demo', () => {
  let demo: GrafanaApp
  beforeAll(async () => {
    demo = await serveDemoGrafana(START)
    const at = new Date('2026-11-20T04:30:00Z')
    const [title, text] = ['busan does not answer', 'busan does not answer: timeout']
    demo.events.add({ at, until: null, kind: 'quality', cluster: 'busan', title, text })
  })
  afterAll(() => demo.close())

  const panels = dashboards.flatMap(({ file, dashboard }) =>
    (dashboard['panels'] as any[]).map((panel) => [file, String(panel.title), panel] as const),
  )

  it.each(panels)('%s: %s has data', async (file, _title, panel) => {
    if (file.endsWith('-json.json')) {
      const text = JSON.stringify(panel.targets).replaceAll('$cluster', '(seoul|busan|daejeon)')
      const targets = JSON.parse(text.replaceAll('$budget', '60000')) as object[]
      const range = { from: '2026-11-20T04:00:00Z', to: START }
      const { status, body } = await demo.query(targets, { range })
      expect(status, JSON.stringify(body)).toBe(200)
      for (const { refId } of targets as { refId: string }[])
        expect(body.filter((frame: any) => frame.refId === refId && sizeOf(frame) > 0)).not.toEqual(
          [],
        )
      return
    }
    for (const { expr, range } of panel.targets) {
      const query = String(expr)
        .replaceAll('$cluster', 'seoul|busan|daejeon')
        .replaceAll('$budget', '60000')
      const times =
        range === true
          ? { start: String(NOW - 60), end: String(NOW + 600), step: '60' }
          : { time: String(NOW) }
      const { status, body } = await demo.prom(range === true ? '/query_range' : '/query', {
        query,
        ...times,
      })
      expect(status, JSON.stringify(body)).toBe(200)
      expect(body.data.result.length, query).toBeGreaterThan(0)
    }
  })
})

const sizeOf = ({ datapoints, rows }: any): number => (datapoints ?? rows).length
