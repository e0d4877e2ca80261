import { AsyncLocalStorage } from 'node:async_hooks'
import { KCloudError } from '../../kernel/errors.ts'
import { EVERYTHING, type Sight, type Sighted } from '../../kernel/sight.ts'
import type { Cluster, ClusterRegistry } from './cluster.ts'
import { nobodyIsCalled } from './registry.ts'

/**
 * Whose question is being answered, for those who read clusters. It follows everything that an answer begins, and
 * not what comes from elsewhere: a message of a client, a timer of others.
 */
export interface Scopes extends Sighted {
  /** What may be seen now. */
  current(): Sight
  /** A function that always runs with what may be seen now, whoever calls it. */
  bound<Parameters extends readonly unknown[], Result>(
    run: (...parameters: Parameters) => Result,
  ): (...parameters: Parameters) => Result
}

/** Scopes; what nobody asked for, such as the work of the server itself, sees `outside`. */
export function createScopes(outside: () => Sight = () => EVERYTHING): Scopes {
  const storage = new AsyncLocalStorage<Sight>()
  let isUsed = false
  const current = (): Sight => storage.getStore() ?? outside()
  const within: Scopes['within'] = (sight, run) => {
    // Node follows promises from the first use on, which costs: where nothing is hidden from anybody it never begins.
    isUsed ||= sight !== EVERYTHING
    return isUsed ? storage.run(sight, run) : run()
  }
  return {
    current,
    within,
    bound(run) {
      const sight = current()
      return (...parameters) => within(sight, () => run(...parameters))
    },
  }
}

type Registry<Spec> = ClusterRegistry<Spec>

/**
 * The registry as whoever asks may see it: a cluster that is hidden answers as one that there is not. Rejects with
 * `forbidden` for one that is seen in part where the whole is asked for.
 */
export function withScopes<Spec>(
  registry: Registry<Spec>,
  scopes: Pick<Scopes, 'current'>,
): Registry<Spec> {
  const all = (): readonly Cluster[] => visibleIn(registry.all(), scopes.current())
  return {
    ...registry,
    get revision() {
      return registry.revision
    },
    all,
    only(names) {
      const sight = scopes.current()
      if (sight === EVERYTHING) return registry.only(names)
      return names === undefined ? all() : onlyVisible(registry, names, sight)
    },
    health(name) {
      if (scopes.current().of(name) === 'nothing') throw nobodyIsCalled([name])
      return registry.health(name)
    },
  }
}

function visibleIn(clusters: readonly Cluster[], sight: Sight): readonly Cluster[] {
  if (sight === EVERYTHING) return clusters
  return clusters.flatMap((cluster) => {
    const part = sight.of(cluster.name)
    if (part === 'nothing' || part === 'too_little') return []
    return [part === 'whole' ? cluster : { ...cluster, namespaces: part }]
  })
}

function onlyVisible(
  registry: Registry<never>,
  names: readonly string[],
  sight: Sight,
): readonly Cluster[] {
  const wanted = new Set(names)
  // Whether it exists is not looked at before: both ways of not being there are one.
  const parts = [...wanted].filter((name) => sight.of(name) === 'too_little')
  const known = visibleIn(registry.all(), sight).filter(({ name }) => wanted.has(name))
  const unknown = [...wanted].filter(
    (name) => !parts.includes(name) && !known.some((cluster) => cluster.name === name),
  )
  if (unknown.length > 0) throw nobodyIsCalled(unknown)
  if (parts.length > 0) throw wholeIsNeeded(parts)
  return known
}

function wholeIsNeeded(names: readonly string[]): KCloudError {
  return new KCloudError('forbidden', {
    detail: `this shows whole clusters: it takes a grant for all of ${names.join(', ')}`,
  })
}
