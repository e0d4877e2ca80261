import { keyOf } from '../../analysis/power/group.ts'
import type { WorkloadPower } from '../../analysis/power/workload-power.ts'
import type { WorkloadType } from '../../analysis/workloads/workload-type.ts'
import { combine } from '../../kernel/answer.ts'
import type { FleetPower } from '../fleet/index.ts'
import type { Reading } from '../telemetry/index.ts'
import type { Account, Asked, Needs } from './asked.ts'
import { textIn } from './facts.ts'
import { currentPods } from './incarnations.ts'
import { containerKey, podKey } from './pod-keys.ts'
import { OF_CONTAINERS, POD_READS, type PodRead, type PodRows } from './pod-reads.ts'
import { powerNow, type PowerNow } from './power-now.ts'
import { heardOnly, indexed, readAll, type Index, type Where } from './reads.ts'
import { podPowers, type PodPowers } from './workload-power.ts'

/** One container of a pod with everything that is known of it. */
export interface ContainerFacts {
  readonly container: string
  readonly power: WorkloadPower | undefined
  readonly rows: (name: PodRead) => readonly Reading[]
}

/** One pod with everything that is known of it. */
export interface PodFacts {
  readonly cluster: string
  readonly namespace: string
  readonly pod: string
  readonly node: string | null
  readonly power: WorkloadPower | undefined
  readonly workload_type: WorkloadType
  readonly containers: readonly ContainerFacts[]
  readonly rows: (name: PodRead) => readonly Reading[]
}

export interface PodInventory {
  readonly pods: readonly PodFacts[]
  readonly power: PowerNow
  readonly account: Account
}

/** Every pod that Kubernetes, a kubelet or a source of power knows; `where` leaves out others early. */
export async function readPods(
  needs: Needs,
  { where, ...asked }: Asked & { readonly where?: Where | undefined },
): Promise<PodInventory> {
  const [read, power] = await Promise.all([
    readAll(needs.telemetry, { ...asked, where }, POD_READS),
    powerNow(needs, { ...asked, details: ['types', 'containers'] }, true),
  ])
  const account = combine([read.account, power.told])
  const rows = heardOnly(read.rows, account)
  return { pods: podsOf(rows, { power, typeOf: power.moment.typeOf }), power, account }
}

/** What the rows of pods are brought together with. */
interface Around {
  readonly power: PowerNow
  readonly typeOf: FleetPower['typeOf']
  /** Which pods, in which order; those of the rows and of the watts when left out. */
  readonly keys?: readonly string[]
}

/** Pods out of what every question says of them. */
export function podsOf(rows: PodRows, { power, typeOf, keys }: Around): readonly PodFacts[] {
  const isCurrent = currentPods(rows)
  const index = indexed(rows, (row, name) => {
    if (!isCurrent(row)) return null
    return OF_CONTAINERS.has(name) ? containerKey(row) : podKey(row)
  })
  const names = containerNames(rows, isCurrent, power.moment)
  const powers = podPowers(power, (...pod) => [...(names.get(keyOf(...pod)) ?? [])])
  const context = { index, names, powers, typeOf }
  const known = [
    ...KNOWN_BY.flatMap((name) => [...index.keys(name)]),
    ...names.keys(),
    ...powers.pods.keys(),
  ]
  return (keys ?? [...new Set(known)].sort()).map((key) => podOf(key, context))
}

const KNOWN_BY = ['infos', 'phases', 'use'] as const

interface Context {
  readonly index: Index<PodRead>
  readonly names: ReadonlyMap<string, ReadonlySet<string>>
  readonly powers: PodPowers
  readonly typeOf: FleetPower['typeOf']
}

function podOf(key: string, { index, names, powers, typeOf }: Context): PodFacts {
  const [cluster = '', namespace = '', pod = ''] = key.split('\u0000')
  const own = powers.pods.get(key)
  return {
    cluster,
    namespace,
    pod,
    // A pod that Kubernetes does not list is where its watts are.
    node: textIn(index.of('infos', key), 'node') ?? own?.nodes[0] ?? null,
    power: own,
    workload_type: typeOf({ kind: 'pod', namespace, pod, container: null }, cluster),
    containers: [...(names.get(key) ?? [])].sort().map((container) => {
      const name = key + keyOf(container)
      return {
        container,
        power: powers.containers.get(name),
        rows: (question) =>
          OF_CONTAINERS.has(question)
            ? index.of(question, name)
            : index.of(question, key).filter(({ labels }) => labels.container === container),
      }
    }),
    rows: (question) => index.of(question, key),
  }
}

type Moment = Pick<FleetPower, 'uses' | 'seen'>

/** The containers of each pod, by all who name them: Kubernetes, kubelets, and sources of power. */
function containerNames(
  rows: PodRows,
  isCurrent: (row: Reading) => boolean,
  moment: Moment,
): ReadonlyMap<string, ReadonlySet<string>> {
  const listed = NAMING.flatMap((question) => rows[question])
    .filter(isCurrent)
    .map((row): Place => [podKey(row), row.labels.container ?? null])
  const names = new Map<string, Set<string>>()
  for (const [pod, container] of [...listed, ...placesOf(moment)])
    if (container !== null) names.set(pod, (names.get(pod) ?? new Set()).add(container))
  return names
}

type Place = readonly [pod: string, container: string | null]

/** Where those are that are seen; a moment knows the use of all, since shares are made of it. */
function placesOf({ uses, seen }: Moment): readonly Place[] {
  return uses.flatMap(({ cluster, workload }): readonly Place[] => {
    if (workload.kind === 'vm' || seen?.sees(cluster, workload) === false) return []
    return [[keyOf(cluster, workload.namespace, workload.pod), workload.container]]
  })
}

const NAMING = ['containers', 'states', 'container_use', 'amounts'] as const
