import { createRequire } from 'node:module'
import type * as GrafanaData from '@grafana/data'
import type { DataQuery } from '@grafana/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXAMPLES } from '../../../src/domains/grafana/examples.ts'
import { FIGURES } from '../../../src/domains/grafana/figures.ts'
import { serveDemoGrafana, type GrafanaApp } from '../../support/grafana.ts'

// Grafana's own code reads what the data source answers over the demo.

// Its modules are written for bundlers; the CommonJS build runs in Node.
const { toDataFrame, FieldType } = createRequire(import.meta.url)(
  '@grafana/data',
) as typeof GrafanaData

let demo: GrafanaApp
beforeAll(async () => {
  demo = await serveDemoGrafana('2026-11-20T05:00:00.000Z')
})
afterAll(() => demo.close())

/** What each figure needs to have something to show. */
const OPTIONS: Readonly<Record<string, object>> = { power_budget: { watts: '12000' } }

const ASKED = [
  ...FIGURES.map(({ name }) => [name, 'timeserie'] as const),
  ['power', 'table'] as const,
]

describe('a figure', () => {
  it.each(ASKED)('%s is read by Grafana as %s', async (name, type) => {
    const query: DataQuery = { refId: 'A', hide: false }
    const target = { ...query, target: name, type, payload: OPTIONS[name] ?? {} }
    const { status, body } = await demo.query([target])
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.length).toBeGreaterThan(0)
    for (const answer of body) expectFrame(toDataFrame(answer), answer)
    expect(toDataFrame(body[0]).meta?.custom).toMatchObject({ status: expect.any(String) })
  })
})

/** Every value that was sent is where Grafana looks for it. */
function expectFrame(frame: GrafanaData.DataFrame, answer: any): void {
  expect(frame.refId).toBe('A')
  for (const field of frame.fields) expect(field.values).toHaveLength(frame.length)
  if (answer.type === 'table') {
    expect(frame.length).toBe(answer.rows.length)
    expect(frame.fields.map((field) => field.name)).toEqual(
      answer.columns.map((column: any) => column.text),
    )
    const [column, index] = [frame.fields.at(-1)!, frame.fields.length - 1]
    expect(column.values).toEqual(answer.rows.map((row: any) => row[index]))
    return
  }
  const [time, value] = frame.fields
  expect([time!.type, value!.type]).toEqual([FieldType.time, FieldType.number])
  expect(value!.config.unit).toBe(answer.unit)
  expect(value!.labels).toEqual(answer.tags)
  expect(time!.values).toEqual(answer.datapoints.map(([, each]: any) => each))
  expect(value!.values).toEqual(answer.datapoints.map(([each]: any) => each))
  for (const each of time!.values) expect(each).toBeGreaterThan(1.7e12)
}

describe('the example of the document', () => {
  it('is what the demo answers', async () => {
    expect((await demo.post('/query', EXAMPLES.queryBody)).body).toEqual(EXAMPLES.query)
    const { body } = await demo.post('/annotations', EXAMPLES.annotationsBody)
    expect(body[0]).toEqual(EXAMPLES.annotations[0])
    expect((await demo.post('/metrics', {})).body[0]).toEqual(EXAMPLES.metrics[0])
  })
})

describe('a panel', () => {
  it('of several targets gets the frames of each, by its letter', async () => {
    const { body } = await demo.query([
      { refId: 'A', target: 'power' },
      { refId: 'B', target: 'nodes' },
      { refId: 'C', target: 'power', hide: true },
      { refId: 'D' },
    ])
    expect(body.map((frame: any) => frame.refId)).toEqual(['A', 'B'])
  })

  it('gets no more points than it has room for', async () => {
    const { body } = await demo.query([{ refId: 'A', target: 'power' }], {
      intervalMs: 1000,
      maxDataPoints: 5,
    })
    expect(body[0].datapoints.length).toBeLessThanOrEqual(5)
  })

  it('says that the time to come is unknown by having no points there', async () => {
    const ahead = { range: { from: '2026-11-21T00:00:00Z', to: '2026-11-21T01:00:00Z' } }
    const { status, body } = await demo.query([{ refId: 'A', target: 'power' }], ahead)
    expect([status, body[0].datapoints]).toEqual([200, []])
  })
})
