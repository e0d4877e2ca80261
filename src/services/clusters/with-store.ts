import type { Now } from '../../kernel/clock.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { ClusterSpec } from '../prometheus/index.ts'
import type { ClusterStore, StoredCluster } from '../store/index.ts'
import type { Cluster, ClusterRegistry } from './cluster.ts'
import { readSpec, writeSpec } from './stored-spec.ts'

/** A registry whose changes outlive the process. */
export interface StoredRegistry extends Omit<ClusterRegistry<ClusterSpec>, 'add' | 'remove'> {
  /** Stored clusters that are not known, and why. */
  readonly skipped: readonly SkippedCluster[]
  /**
   * Stores a cluster, and knows it from then on. Rejects with `ambiguous` when the name is taken, `unprocessable`
   * when it has secrets and there is no key to seal them, `store_unavailable`.
   */
  add(spec: ClusterSpec, addedBy: string): Promise<Cluster>
  /**
   * Forgets a cluster, also one that was skipped. Rejects with `not_found`, `unprocessable` when it is part of
   * the configuration, `store_unavailable`.
   */
  remove(name: string): Promise<void>
}

/** A stored cluster that could not be taken up. */
export interface SkippedCluster {
  readonly name: string
  readonly reason: string
}

interface StoreNeeds {
  readonly store: ClusterStore
  readonly now: Now
}

/**
 * Adds to a registry what the store holds; clusters that it has already, from the configuration, win over stored
 * ones of the same name. Rejects with `store_unavailable`.
 */
export async function withStore(
  registry: ClusterRegistry<ClusterSpec>,
  { store, now }: StoreNeeds,
): Promise<StoredRegistry> {
  const configured = new Set(registry.all().map(({ name }) => name))
  let skipped = takeUp(registry, await store.list())
  const inTurn = createTurns()

  const add = async (spec: ClusterSpec, addedBy: string): Promise<Cluster> => {
    if (isKnown(registry, spec.name)) throw nameIsTaken(spec.name)
    const stored = { name: spec.name, ...writeSpec(spec), added_by: addedBy, added_at: now() }
    await store.save(stored)
    try {
      return registry.add(spec)
    } catch (error) {
      await store.remove(spec.name)
      throw error
    }
  }
  const remove = async (name: string): Promise<void> => {
    if (configured.has(name)) throw isConfigured(name)
    const wasStored = await store.remove(name)
    skipped = skipped.filter((cluster) => cluster.name !== name)
    if (isKnown(registry, name) || !wasStored) registry.remove(name)
  }
  return {
    get revision() {
      return registry.revision
    },
    get skipped() {
      return skipped
    },
    all: () => registry.all(),
    only: (names) => registry.only(names),
    health: (name) => registry.health(name),
    checkNow: (names) => registry.checkNow(names),
    close: () => registry.close(),
    add: (spec, addedBy) => inTurn(() => add(spec, addedBy)),
    remove: (name) => inTurn(() => remove(name)),
  }
}

/** Adds stored clusters, and says which it could not add. */
function takeUp(
  registry: ClusterRegistry<ClusterSpec>,
  stored: readonly StoredCluster[],
): readonly SkippedCluster[] {
  return stored.flatMap((cluster) => {
    const reason = problemOfAdding(registry, cluster)
    return reason === null ? [] : [{ name: cluster.name, reason }]
  })
}

function problemOfAdding(
  registry: ClusterRegistry<ClusterSpec>,
  cluster: StoredCluster,
): string | null {
  if (isKnown(registry, cluster.name)) return 'the configuration has a cluster of the same name'
  if (cluster.problem !== null) return cluster.problem
  const spec = readSpec(cluster)
  if ('problem' in spec) return spec.problem
  try {
    registry.add(spec)
    return null
  } catch (error) {
    if (error instanceof KCloudError) return error.detail
    throw error
  }
}

/** Lets changes follow one another, so that the registry and the store change in the same order. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(change: () => Promise<Result>): Promise<Result> => {
    const result = last.then(change)
    last = result.catch(() => undefined)
    return result
  }
}

function isKnown(registry: ClusterRegistry<ClusterSpec>, name: string): boolean {
  return registry.all().some((cluster) => cluster.name === name)
}

function nameIsTaken(name: string): KCloudError {
  return new KCloudError('ambiguous', {
    detail: `there is a cluster called ${name} already`,
    candidates: [name],
  })
}

function isConfigured(name: string): KCloudError {
  return new KCloudError('unprocessable', {
    detail: `${name} is part of the server's configuration, and is removed there`,
  })
}
