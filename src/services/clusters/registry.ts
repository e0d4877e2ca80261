import type { Now } from '../../kernel/clock.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { BuildInfo, Circuit, ClusterSpec, PrometheusClient } from '../prometheus/index.ts'
import type { Cluster, ClusterHealth, ClusterRegistry } from './cluster.ts'
import { watchHealth, type HealthWatch } from './health.ts'

/** The way to one cluster's backend. */
export interface Connection {
  readonly client: PrometheusClient
  /** Whether it answers, apart from all questions; rejects with a backend `KCloudError`. */
  readonly probe: (signal: AbortSignal) => Promise<BuildInfo>
  /** The state of its circuit breaker, where it has one. */
  readonly circuit?: () => Circuit
  readonly close: () => Promise<void>
}

/** Something that happened to a cluster, for the log. */
export interface ClusterChange {
  readonly name: string
  readonly change: 'added' | 'removed' | 'status'
  readonly health: ClusterHealth
  readonly error?: unknown
}

export interface RegistryOptions {
  readonly clusters: readonly ClusterSpec[]
  /** Opens the way to a cluster. `generation` differs for each registration, also under the same name. */
  readonly connect: (spec: ClusterSpec, generation: number) => Connection
  /** 0: only `checkNow` checks. */
  readonly healthIntervalSeconds: number
  readonly healthTimeoutSeconds: number
  readonly now: Now
  /** A number in [0, 1), for the jitter of the checks. */
  readonly random?: () => number
  readonly onChange?: (change: ClusterChange) => void
}

interface Member {
  readonly cluster: Cluster
  readonly connection: Connection
  readonly watch: HealthWatch
}

/** The clusters that the server knows at its start, and those that come later. */
export function createRegistry(options: RegistryOptions): ClusterRegistry<ClusterSpec> {
  const { onChange = () => undefined } = options
  const members = new Map<string, Member>()
  const endings = new Set<Promise<void>>()
  let revision = 0

  const add = (spec: ClusterSpec): Cluster => {
    if (members.has(spec.name)) throw nameIsTaken(spec.name)
    const member = memberFor(spec, revision + 1, options)
    revision += 1
    members.set(spec.name, member)
    onChange({ name: spec.name, change: 'added', health: member.watch.health() })
    return member.cluster
  }
  const remove = (name: string): void => {
    const ending = end(memberOf(members, name), onChange).finally(() => endings.delete(ending))
    endings.add(ending)
    members.delete(name)
    revision += 1
  }

  for (const spec of options.clusters) add(spec)
  return {
    get revision() {
      return revision
    },
    all: () => clustersOf(members),
    only: (names) => (names === undefined ? clustersOf(members) : onlyOf(members, names)),
    health: (name) => memberOf(members, name).watch.health(),
    add,
    remove,
    async checkNow(names = [...members.keys()]) {
      await Promise.all(names.map(async (name) => members.get(name)?.watch.check()))
    },
    async close() {
      for (const name of members.keys()) remove(name)
      await Promise.all(endings)
    },
  }
}

function memberOf(members: ReadonlyMap<string, Member>, name: string): Member {
  const member = members.get(name)
  if (member === undefined) throw nobodyIsCalled([name])
  return member
}

async function end(
  { cluster: { name }, watch, connection }: Member,
  onChange: (change: ClusterChange) => void,
): Promise<void> {
  watch.stop()
  const closed = await Promise.allSettled([connection.close()])
  const error: unknown = closed[0].status === 'rejected' ? closed[0].reason : undefined
  onChange({ name, change: 'removed', health: watch.health(), error })
}

function memberFor(spec: ClusterSpec, generation: number, options: RegistryOptions): Member {
  const { name, region, description, flavour } = spec
  const connection = options.connect(spec, generation)
  const watch = watchHealth({
    name,
    probe: connection.probe,
    circuit: connection.circuit ?? (() => 'closed'),
    intervalSeconds: options.healthIntervalSeconds,
    timeoutSeconds: options.healthTimeoutSeconds,
    now: options.now,
    random: options.random ?? (() => Math.random()),
    onStatus: (health, error) => options.onChange?.({ name, change: 'status', health, error }),
  })
  const cluster = { name, region, description, flavour, client: connection.client }
  return { cluster, connection, watch }
}

function clustersOf(members: ReadonlyMap<string, Member>): readonly Cluster[] {
  return [...members.values()].map(({ cluster }) => cluster)
}

function onlyOf(
  members: ReadonlyMap<string, Member>,
  names: readonly string[],
): readonly Cluster[] {
  const wanted = new Set(names)
  const unknown = [...wanted].filter((name) => !members.has(name))
  if (unknown.length > 0) throw nobodyIsCalled(unknown)
  return clustersOf(members).filter(({ name }) => wanted.has(name))
}

/** The error of names that no cluster has. */
export function nobodyIsCalled(names: readonly string[]): KCloudError {
  return new KCloudError('not_found', { detail: `no cluster is called ${names.join(', ')}` })
}

function nameIsTaken(name: string): KCloudError {
  return new KCloudError('ambiguous', { detail: `a cluster is called ${name} already` })
}
