import { describe, expect, it } from 'vitest'
import type { SourceSpec } from '../../../src/catalogue/source.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleet, type FleetMember } from '../../support/fleet.ts'
import { clusterSpec } from '../../../src/services/prometheus/index.ts'
import { fakeClock } from '../../support/test-app.ts'

const meter = (name: string): SourceSpec => ({
  name,
  title: name,
  vendor: null,
  entity: 'node',
  reference: 'this test',
  freshnessSeconds: 120,
  labels: { node: ['host'] },
  presence: ['power_watts'],
  measures: {
    power_watts: {
      metrics: [`${name}_watts`],
      unit: 'watts',
      plausible: { least: 0, most: 10_000 },
    },
  },
})
const METERS = ['alpha', 'beta', 'gamma'].map(meter)
const ALPHA = 'alpha_watts{host="a"} 100'
const BETA = 'beta_watts{host="a"} 101'

function serve(member: FleetMember, sources: readonly SourceSpec[] = METERS) {
  const clock = fakeClock()
  const fleet = createFleet({ seoul: member }, clock.now, sources)
  const asked = async (
    question: () => Promise<{ readonly rows: readonly { source: string }[] }>,
  ) => {
    const [queries, looks] = [fleet.queries.length, fleet.looks.length]
    const { rows } = await question()
    return {
      sources: rows.map(({ source }) => source),
      queries: fleet.queries.length - queries,
      looks: fleet.looks.length - looks,
    }
  }
  const now = () =>
    asked(() =>
      fleet.telemetry.latest({
        entity: 'node',
        labels: ['node'],
        measures: ['power_watts'],
        at: clock.now(),
        shelf: 'realtime',
      }),
    )
  const lastHour = () =>
    asked(() =>
      fleet.telemetry.history({
        entity: 'node',
        labels: ['node'],
        measure: 'power_watts',
        summary: 'avg',
        range: {
          start: new Date(clock.now().getTime() - 3_600_000),
          end: clock.now(),
          stepSeconds: 60,
        },
      }),
    )
  return { clock, fleet, now, lastHour }
}

describe('a source that a cluster does not have', () => {
  it('costs one look for all such sources, and no query', async () => {
    const { clock, now } = serve(ALPHA)
    expect(await now()).toEqual({ sources: ['alpha'], queries: 1, looks: 1 })
    clock.advance(15)
    expect(await now()).toEqual({ sources: ['alpha'], queries: 1, looks: 0 })
  })

  it('is looked for every half minute, by one query for all that are absent', async () => {
    const { clock, fleet, now } = serve(ALPHA)
    await now()
    clock.advance(29)
    expect(await now()).toMatchObject({ queries: 1, looks: 0 })
    clock.advance(1)
    expect(await now()).toMatchObject({ queries: 1, looks: 1 })
    expect(fleet.looks.at(-1)).toContain('beta_watts|gamma_watts')
    expect(fleet.looks.at(-1)).not.toContain('alpha_watts')
  })

  it("is not taken to be there for rows of another source under its metrics' names", async () => {
    const shared = { ...METERS[1]!, measures: METERS[0]!.measures }
    const sources = [
      { ...METERS[0]!, where: [{ label: 'make', equals: '' }] },
      { ...shared, where: [{ label: 'make', equals: 'other' }] },
    ] as const
    const { clock, fleet, now } = serve(ALPHA, sources)
    expect(await now()).toEqual({ sources: ['alpha'], queries: 1, looks: 3 })
    fleet.set('seoul', `${ALPHA}\nalpha_watts{host="b",make="other"} 5`)
    clock.advance(30)
    expect(await now()).toEqual({ sources: ['alpha'], queries: 1, looks: 1 })
    clock.advance(30)
    expect(await now()).toEqual({ sources: ['alpha', 'beta'], queries: 2, looks: 0 })
  })

  it('does not make a cluster that has died look well, where it has none of those asked for', async () => {
    const { clock, fleet, now } = serve('')
    expect(await now()).toMatchObject({ sources: [], queries: 0 })
    clock.advance(30)
    expect(await now()).toEqual({ sources: [], queries: 0, looks: 1 })
    fleet.set('seoul', {
      fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
    })
    clock.advance(30)
    await expect(now()).rejects.toMatchObject({ kind: 'backend_unreachable' })
    fleet.set('seoul', ALPHA)
    clock.advance(30)
    expect(await now()).toMatchObject({ sources: ['alpha'], queries: 1 })
  })

  it('is noticed within a minute when it comes', async () => {
    const { clock, fleet, now } = serve(ALPHA)
    await now()
    fleet.set('seoul', `${ALPHA}\n${BETA}`)
    clock.advance(30)
    expect(await now()).toMatchObject({ sources: ['alpha'] })
    clock.advance(30)
    expect(await now()).toMatchObject({ sources: ['alpha', 'beta'], queries: 2 })
  })

  it('costs its queries for no more than an hour after it went', async () => {
    const { clock, fleet, now } = serve(`${ALPHA}\n${BETA}`)
    await now()
    fleet.set('seoul', ALPHA)
    clock.advance(600)
    expect(await now()).toMatchObject({ sources: ['alpha'], queries: 2 })
    clock.advance(3000)
    await now()
    clock.advance(15)
    expect(await now()).toMatchObject({ sources: ['alpha'], queries: 1 })
  })

  it('still has the history that it had', async () => {
    const { fleet, now, lastHour } = serve(ALPHA)
    await now()
    fleet.set('seoul', `${ALPHA}\n${BETA} # last 1800s`)
    expect(await lastHour()).toEqual({ sources: ['alpha', 'beta'], queries: 2, looks: 1 })
    const without = serve(ALPHA)
    await without.now()
    expect(await without.lastHour()).toEqual({ sources: ['alpha'], queries: 1, looks: 1 })
  })

  it('is asked about a time before it was looked for', async () => {
    const { clock, now } = serve(ALPHA)
    await now()
    clock.advance(-1800)
    expect(await now()).toMatchObject({ queries: 3, looks: 0 })
  })

  it('is told again where nothing is known of the hour', async () => {
    const { fleet, now } = serve(ALPHA)
    await now()
    fleet.registry.remove('seoul')
    fleet.registry.add(clusterSpec(10).parse({ name: 'seoul', url: 'http://127.0.0.1:9' }))
    fleet.set('seoul', BETA)
    expect(await now()).toEqual({ sources: ['beta'], queries: 1, looks: 1 })
  })
})

describe('not to know which sources there are', () => {
  it.each([['the cluster answers in part', { text: ALPHA, warnings: ['a store did not answer'] }]])(
    'takes nothing from an answer: %s',
    async (_why, member) => {
      const { now } = serve(member)
      expect(await now()).toMatchObject({ sources: ['alpha'], queries: 3 })
    },
  )

  it('is the failure of a cluster that does not answer, told by one query', async () => {
    const { fleet, clock, now } = serve({
      fails: new KCloudError('backend_timeout', { detail: 'did not answer within 5 s' }),
    })
    await expect(now()).rejects.toMatchObject({ kind: 'backend_timeout' })
    expect([fleet.looks.length, fleet.queries.length]).toEqual([1, 0])
    fleet.set('seoul', BETA)
    clock.advance(1)
    expect(await now()).toEqual({ sources: ['beta'], queries: 1, looks: 1 })
  })
})
