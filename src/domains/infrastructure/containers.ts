import { paginate, type PageRequest } from '../../kernel/page.ts'
import { type PodFacts, readPods } from '../../services/workloads/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { bareId, containerRow, idOf, nameOf, type PlacedContainer } from './container-rows.ts'
import { theOne } from './lookup.ts'
import { CONTAINER_COLUMNS } from './pod-schemas.ts'
import { podsFound, whereOf } from './pods.ts'

/** Exact values that a container must have; what is left out does not matter. */
export interface ContainerFilter {
  readonly namespace?: string | undefined
  readonly pod?: string | undefined
  readonly node?: string | undefined
  readonly state?: string | undefined
}

/** The containers of the asked clusters. Rejects with `not_found` for a node or pod that nobody knows. */
export async function listContainers(
  needs: Needs,
  asked: Asked,
  { filter, page }: { readonly filter: ContainerFilter; readonly page: PageRequest },
) {
  const inventory = await readPods(needs, { ...asked, where: whereOf(filter) })
  const rows = podsFound(inventory, filter)
    .flatMap(containersIn)
    .map(containerRow)
    .filter(({ state }) => filter.state === undefined || filter.state === state)
  const part = paginate(rows, page, CONTAINER_COLUMNS)
  return { ...outcome(asked, inventory.account, part.rows), page: part.page }
}

const containersIn = (pod: PodFacts): readonly PlacedContainer[] =>
  pod.containers.map((container) => ({ pod, container }))

/** The shortest beginning of an id that is taken for one, as runtimes print it. */
const SHORT_ID = 12

/**
 * One container by the id of its runtime, its first 12 characters, or `namespace:pod:container`, shown in some way.
 * Rejects with `not_found` and `ambiguous`.
 */
export async function oneContainer<Data>(
  needs: Needs,
  { id, ...asked }: Asked & { readonly id: string },
  show: (placed: PlacedContainer) => Data,
) {
  const [namespace, pod, ...rest] = bareId(id).split(':')
  const isName = rest.length === 1
  const where = isName ? whereOf({ namespace, pod }) : undefined
  const { pods, account } = await readPods(needs, { ...asked, where })
  const bare = bareId(id)
  const found = pods.flatMap(containersIn).filter((placed) => isCalled(placed, bare))
  const placed = theOne(found, account, {
    what: `container ${JSON.stringify(id)}`,
    nameOf: (each) => `${each.pod.cluster}/${nameOf(each)}`,
    advice: 'give more of the id, or name the cluster',
  })
  return outcome(asked, account, show(placed))
}

function isCalled(placed: PlacedContainer, id: string): boolean {
  const own = idOf(placed)
  return own === id || nameOf(placed) === id || (id.length >= SHORT_ID && own.startsWith(id))
}
