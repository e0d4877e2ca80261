import { GPU, NPU, readDevices } from '../../services/devices/index.ts'
import { FILTER_KEYS, filtersOf } from './filters.ts'
import { FIGURES } from './figures.ts'
import type { Needs } from './needs.ts'
import type { Payload } from './payload.ts'
import { payloadOf } from './payload.ts'
import { clustersOf, type Request } from './query.ts'
import type { PayloadValue } from './schemas.ts'

type Key = (typeof FILTER_KEYS)[number]
type Labels = Readonly<Partial<Record<Key, string | null>>>

/** The labels whose values can be asked for, also in the plural: `node` and `nodes`. */
export const VALUE_KEYS = [...FILTER_KEYS, 'metric'] as const
export type ValueKey = (typeof VALUE_KEYS)[number]

/** The label that a text means; undefined for none. `label_values(node)` means `node`, as for Prometheus. */
export function keyOf(text: string): ValueKey | undefined {
  const plain = text.replace(/\\/g, '').trim()
  const word = /^label_values\((?:[^,()]*,\s*)?(\w+)\)$/.exec(plain)?.[1] ?? plain
  return VALUE_KEYS.find((key) => key === word || `${key}s` === word)
}

interface Asked {
  readonly key: ValueKey
  /** What the values must belong to: `{ cluster: 'seoul' }`. */
  readonly payload?: PayloadValue | null | undefined
  readonly request: Request
  readonly pointer: string
}

/** The values of a label there are now, sorted. Rejects with `not_found` for a cluster that there is not. */
export async function valuesOf(needs: Needs, { key, payload, request, pointer }: Asked) {
  const options = payloadOf(payload, {}, pointer)
  const clusters = clustersOf(needs, options, filtersOf([]))
  if (key === 'metric') return { values: FIGURES.map(({ name }) => name), clusters: [] }
  if (key === 'cluster')
    return {
      values:
        clusters ??
        needs.registry
          .all()
          .map(({ name }) => name)
          .sort(),
      clusters: [],
    }
  const read = await READERS[key](needs, clusters, request)
  const chosen = chosenBy(options, read.rows)
  const values = [...new Set(chosen.flatMap((row) => row[key] ?? []))].sort()
  return { values, clusters: read.clusters }
}

/** The rows that fit the other options: nodes of a cluster, pods of a namespace. */
function chosenBy(options: Payload, rows: readonly Labels[]): readonly Labels[] {
  return FILTER_KEYS.reduce<readonly Labels[]>((left, key) => {
    if (key === 'cluster') return left
    const known = [...new Set(left.flatMap((row) => row[key] ?? []))]
    const names = known.length === 0 ? undefined : options.names(key, known)
    return names === undefined ? left : left.filter((row) => names.includes(row[key] ?? ''))
  }, rows)
}

type Read = (
  needs: Needs,
  clusters: readonly string[] | undefined,
  request: Request,
) => Promise<{
  readonly rows: readonly Labels[]
  readonly clusters: Awaited<ReturnType<typeof readDevices>>['clusters']
}>

const nodes: Read = async ({ fleet }, clusters, { at, signal }) => {
  const read = await fleet.now({ clusters, at: at('summary'), signal, workloads: false })
  return { rows: read.input.nodes, clusters: read.clusters }
}

const pods: Read = async ({ fleet }, clusters, { at, signal }) => {
  const asked = { clusters, at: at('summary'), signal, details: [] }
  const read = await fleet.now({ ...asked, workloads: true })
  return { rows: read.podNames(), clusters: read.clusters }
}

const devices: Read = async ({ telemetry }, clusters, { at, signal }) => {
  const answers = await Promise.all(
    [GPU, NPU].map((kind) =>
      readDevices(telemetry, { kind, clusters, at: at('realtime'), signal }),
    ),
  )
  return {
    rows: answers.flatMap(({ rows }) => rows),
    clusters: answers.flatMap((answer) => answer.clusters),
  }
}

const READERS: Readonly<Record<Exclude<Key, 'cluster'>, Read>> = {
  node: nodes,
  namespace: pods,
  pod: pods,
  vendor: devices,
  model: devices,
  uuid: devices,
}
