import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realPrometheusBinaries, requireReal } from '../support/real-prometheus.ts'
import { scrape, type ScrapingPrometheus } from '../support/scraped.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'
import { OWN_SAMPLES } from './own-samples.ts'

// Makes and eras of exporters that no recorded sample shows, each behind a real Prometheus, all in one cluster.

const [binary] = requireReal('prometheus', 'prometheus') ? realPrometheusBinaries() : []

const BOARDS = OWN_SAMPLES.reduce((sum, { boards }) => sum + boards, 0)

describe.skipIf(binary === undefined)('behind a real Prometheus', () => {
  let prometheus: ScrapingPrometheus
  let server: WholeServer
  let boards: readonly any[]
  let pods: ReadonlyMap<string, number>
  let total: any
  beforeAll(async () => {
    prometheus = await scrape(
      OWN_SAMPLES.map(({ scraped }) => scraped),
      binary?.path,
    )
    await prometheus.scraped()
    server = await wholeServer([{ name: 'site', url: prometheus.url }])
    const read = async (path: string) => (await server.get(path)).body.data
    const list = async () => [
      ...(await read('/accelerators/gpus?limit=1000')),
      ...(await read('/accelerators/npus?limit=1000')),
    ]
    boards = await list()
    // On a busy machine a scrape may have failed just now: a server that knows nothing yet looks again.
    for (let turn = 0; turn < 5 && boards.length < BOARDS; turn += 1) {
      await server.close()
      await prometheus.scraped()
      server = await wholeServer([{ name: 'site', url: prometheus.url }])
      boards = await list()
    }
    const { rows } = await read('/monitoring/power/breakdown?by=pod')
    pods = new Map(rows.map(({ key, power_watts: watts }: any) => [key.pod, watts]))
    total = await read('/monitoring/power/accelerators')
  }, 120_000)
  afterAll(async () => {
    await server.close()
    await prometheus.stop()
  })

  it.each(OWN_SAMPLES)('$title', ({ vendor, node, kind, watts, pods: held = {}, ...sample }) => {
    const own = boards.filter((row) => row.node === node)
    expect(own.map((row) => row.vendor)).toEqual(new Array(sample.boards).fill(vendor))
    const isOfKind = (row: any) => `${kind}_id` in row
    expect(own.every(isOfKind)).toBe(true)
    expect(sumOf(own.map((row) => row.power_watts))).toEqual(near(watts))
    for (const [pod, share] of Object.entries(held)) expect(pods.get(pod), pod).toEqual(near(share))
  })

  it('adds each board once', () => {
    expect(total.boards).toBe(BOARDS)
    expect(total.total_power_watts).toEqual(
      near(OWN_SAMPLES.reduce((sum, { watts }) => sum + (watts ?? 0), 0)),
    )
  })
})

const near = (number: number | null) => (number === null ? null : expect.closeTo(number, 6))

/** The sum of what is reported; null where nothing is. */
function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}
