import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { priceBookList } from '../../src/config-prices.ts'
import { accelerators } from '../../src/domains/accelerators/index.ts'
import { cost } from '../../src/domains/cost/index.ts'
import { hardware } from '../../src/domains/hardware/index.ts'
import { infrastructure } from '../../src/domains/infrastructure/index.ts'
import { monitoring } from '../../src/domains/monitoring/index.ts'
import { power } from '../../src/domains/power/index.ts'
import { createFleetReader } from '../../src/services/fleet/index.ts'
import { sizedCluster, type ClusterPlan, type NodeGroup } from '../../src/simulator/plan.ts'
import type { World } from '../../src/simulator/datacentre.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { clustersDomain } from '../support/clusters-domain.ts'
import { costsOver } from '../support/cost.ts'
import { simulatedFleet, type Answered } from '../support/simulated-fleet.ts'
import { createTestApp, fakeClock } from '../support/test-app.ts'

/**
 * Every route that reads figures, by the contract: how many questions it puts to a cluster does not depend on how much
 * there is in it, and none is put twice.
 */
const DOMAINS =
  /^\/api\/v1\/(?:accelerators|allocation|clusters|cost|hardware|infrastructure|monitoring|power)\b/

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly required?: boolean }[]
}

const { paths } = JSON.parse(
  readFileSync(new URL('../../spec/openapi.json', import.meta.url), 'utf8'),
) as { readonly paths: Readonly<Record<string, { readonly get?: Operation }>> }

const ROUTES = Object.entries(paths).flatMap(([path, { get }]) =>
  get === undefined || !DOMAINS.test(path) || /stream|events|collector|rollups/.test(path)
    ? []
    : [[`${path}${queryOf(get)}`]],
)

/** What a route needs to be asked; windows are short. */
function queryOf({ parameters = [] }: Operation): string {
  const values: Readonly<Record<string, string>> = {
    by: 'namespace',
    metric: 'gpu_utilization_percent',
    period: '5m',
    step: '1m',
    window: '5m',
  }
  const given = parameters.filter(
    ({ name, required }) => required === true || name === 'period' || name === 'step',
  )
  const pairs = given.flatMap(({ name }) => {
    const value = values[name]
    return value === undefined ? [] : [`${name}=${value}`]
  })
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

interface Lab {
  readonly world: World
  readonly answered: Answered
}

/** Nodes with GPUs that train and serve, nodes with NPUs, and everything that reads them, so many times. */
function labOf(times: number): Lab {
  const size = { name: 'lab', nodes: times, gpusPerNode: 4, pods: 8 * times }
  const { groups, ...plan } = sizedCluster(size)
  const npus: NodeGroup = {
    role: 'npu',
    count: times,
    devices: { model: 'rngd', count: 2 },
    layouts: [[{ cards: 1, use: 'serving' }]],
  }
  const cluster: ClusterPlan = {
    ...plan,
    kepler: true,
    watchesMachines: true,
    groups: [...groups, npus],
  }
  return { world: createWorld({ seed: 6, clusters: [cluster] }), answered: new Map() }
}

const NO_ROLLUPS = { list: () => Promise.resolve([]) }

/** Prices of all nodes, for which more is asked than without. */
const books = priceBookList.parse([
  {
    name: 'all',
    currency: 'USD',
    time_zone: 'UTC',
    verified: true,
    electricity: 'extra',
    classes: [{ name: 'all', prices: [{ from: '2026-01-01', per_hour: '1', gpu_share: '0.5' }] }],
  },
])

async function serve({ world, answered }: Lab) {
  const clock = fakeClock('2026-11-20T02:00:00.000Z')
  const { queries, shelves, ...fleet } = simulatedFleet(world, clock.now, SOURCES, answered)
  const { telemetry } = fleet
  const identity = { rewrites: [], bmcs: [] }
  const reader = createFleetReader({ telemetry, identity })
  const needs = { telemetry, fleet: reader, identity, assumedPue: null }
  const clusters = await clustersDomain(fleet, reader, clock.now)
  const app = await createTestApp(
    [
      accelerators(needs),
      hardware(needs),
      infrastructure(needs),
      monitoring(needs),
      clusters.domain,
      cost({
        costs: costsOver({ telemetry, fleet: reader }, { rates: { books } }),
        now: clock.now,
      }),
      // What is collected and learnt is asked for by no route of these.
      power({ ...needs, now: clock.now, collector: null, rollups: NO_ROLLUPS }),
    ],
    { clock },
  )
  return {
    asked: () => queries.map((query, index): Asked => ({ query, shelf: shelves[index] ?? '' })),
    get: (path: string) => app.get(path),
    close: async () => {
      await app.close()
      await clusters.close()
    },
  }
}

/** The names of things that are in a world, for the places of a path. */
async function placesIn(lab: Lab): Promise<(path: string) => string> {
  const served = await serve(lab)
  const first = async (path: string) => {
    const { data } = JSON.parse((await served.get(`/api/v1${path}?limit=1`)).body)
    return data[0]
  }
  const container = await first('/infrastructure/containers')
  const { gpu_id: gpu } = await first('/accelerators/gpus')
  const { npu_id: npu } = await first('/accelerators/npus')
  const { node } = await first('/infrastructure/nodes')
  await served.close()
  return (path) =>
    path
      .replace('gpus/{id}', `gpus/${gpu}`)
      .replace('npus/{id}', `npus/${npu}`)
      .replace('containers/{id}', `containers/${encodeURIComponent(container.id)}`)
      .replace('vms/{id}', 'vms/none')
      .replace(/(cost\/(?:workload\/)?)\{\w+\}/, (_, before: string) =>
        before.concat(encodeURIComponent(`${container.namespace}/${container.pod}`)),
      )
      .replace('{namespace}/{pod}', `${container.namespace}/${container.pod}`)
      .replace('{node}', node)
      .replace('{name}', 'lab')
}

const LOOK = 'count by (__name__)'

/** A question to a cluster, and how long its answer is kept. */
interface Asked {
  readonly query: string
  readonly shelf: string
}

/** The questions for figures that one request puts, where nothing was asked before. */
async function questionsOf(lab: Lab, path: string): Promise<readonly Asked[]> {
  const served = await serve(lab)
  const reply = await served.get(path)
  // The simulator has no virtual machines: that one is not found takes the same questions.
  expect(reply.statusCode, reply.body).toBe(path.includes('/vms/none') ? 404 : 200)
  await served.close()
  return served.asked().filter(({ query }) => !query.includes(LOOK))
}

const distinct = (asked: readonly Asked[]): readonly Asked[] => [
  ...new Map(asked.map((one) => [`${one.shelf} ${one.query}`, one])).values(),
]

/** A selection: what is done with it, its metric or metrics, its conditions, and over how long. */
const SELECTION =
  /(?:(\w+)\()?(?:\{__name__=~"([^"]*)",?((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}|\b([a-zA-Z_:][\w:]*)(?:\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\})?)(\[\w+\])?(?=[),\s]|$)/g
const GROUPING = /\b(?:by|on) \([^)]*\)/g
const HOLDERS = /\b(?:exported_pod|pod_name|pod)\b/
const WORDS = new Set(['or', 'and', 'max', 'min', 'sum', 'avg', 'count', 'lab'])

/**
 * What a question asks of each metric. What things there are is one group, their figures another, and who holds them
 * over a window a third: a mean over a window is that of all samples together, which those of the holders do not give.
 * What is added up is asked once for each way of doing so.
 */
function askedOf({ query, shelf }: Asked): readonly string[] {
  const groupings = (query.match(GROUPING) ?? []).join(' ')
  const isNamed = groupings.includes('__name__')
  const group = [shelf, isNamed, shelf === 'series' && HOLDERS.test(groupings)].join()
  const bare = query.replaceAll(GROUPING, '')
  const added = query.includes('rate(') && shelf !== 'series' ? groupings : ''
  return [...bare.matchAll(SELECTION)].flatMap(([, fn, names, conditions, name, own, window]) =>
    (names ?? name ?? '')
      .split('|')
      .filter((metric) => !WORDS.has(metric) && !/^\d/.test(metric))
      .map((metric) => [group, fn, metric, conditions ?? own ?? '', window, added].join(' ')),
  )
}

/** How many sources of the catalogue read a metric under the same conditions: each may be asked for it. */
const READERS = new Map<string, number>()
const READINGS = readings()
for (const [metric, conditions] of READINGS) {
  const alike = READINGS.filter((other) => other[0] === metric && other[1] === conditions)
  READERS.set(metric, Math.max(alike.length, READERS.get(metric) ?? 0))
}

function readings(): readonly (readonly [metric: string, conditions: string])[] {
  return SOURCES.flatMap(({ where, measures }) => {
    const own = Object.values(measures).flatMap((origin) =>
      origin.metrics.map((metric) => `${metric} ${JSON.stringify([where, origin.where])}`),
    )
    return [...new Set(own)].map((text) => {
      const [metric = '', ...rest] = text.split(' ')
      return [metric, rest.join(' ')] as const
    })
  })
}

/** What more questions ask for than there are sources that could. */
function askedTwice(asked: readonly Asked[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const one of distinct(asked))
    for (const what of new Set(askedOf(one))) counts.set(what, (counts.get(what) ?? 0) + 1)
  return [...counts].flatMap(([what, count]) => {
    const [, , metric = ''] = what.split(' ')
    return count > (READERS.get(metric) ?? 1) ? [what] : []
  })
}

describe('the questions of every route', () => {
  const [small, large] = [labOf(1), labOf(4)]
  let inSmall: (path: string) => string
  let inLarge: (path: string) => string
  const table: string[] = []
  beforeAll(async () => {
    inSmall = await placesIn(small)
    inLarge = await placesIn(large)
  }, 60_000)
  afterAll(() => {
    if (process.env['SHOW_QUERIES'] === '1') console.log(table.join('\n'))
  })

  it('covers the contract', () => {
    expect(ROUTES.length).toBeGreaterThan(50)
  })

  it.each(ROUTES)(
    'of %s are as many for four times the nodes, devices and pods',
    async (route) => {
      const few = await questionsOf(small, inSmall(route))
      const many = await questionsOf(large, inLarge(route))
      // Equal questions that are put at once are one query: the cache of a cluster sees to that.
      const count = distinct(many).length
      table.push(`${count} ${route}`)
      expect(count).toBe(distinct(few).length)
      expect(count).toBeLessThanOrEqual(130)
      expect(askedTwice(many)).toEqual([])
    },
    60_000,
  )
})
