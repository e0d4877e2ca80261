import { deviceId, type Device } from '../../analysis/devices/device.ts'
import type { Board } from '../../analysis/devices/roster.ts'
import type { Gauge } from '../../catalogue/measures.ts'
import type { Outcome } from '../../http/app.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import {
  kubernetesCounts,
  readDevices,
  type DeviceKind,
  type Found,
  type KubernetesCounts,
} from '../../services/devices/index.ts'
import { filteredDevices, type Asked, type DeviceFilter } from './device-filter.ts'
import { matchesId, theOne } from './device-lookup.ts'
import { named, type Named, type NamingNeeds as Needs } from '../../services/fleet/index.ts'

type Kinds = NonEmpty<DeviceKind>

/** How a list shows its devices, and by which of its fields it can be sorted. */
export interface Listing<Row extends object> {
  readonly kinds: Kinds
  readonly row: (found: Found) => Row
  readonly sortable: readonly (keyof Row & string)[]
}

/** The devices of the asked clusters. Rejects with `not_found` for a node or pod that nobody knows. */
export async function listDevices<Row extends object>(
  needs: Needs,
  { filter, page, ...asked }: Asked & { readonly filter: DeviceFilter; readonly page: PageRequest },
  listing: Listing<Row>,
) {
  const { kinds } = listing
  const answer = await filteredDevices(needs, asked, { kinds, filter })
  const part = pageOf([...answer.rows].sort(byPlace), page, listing)
  return { ...outcome(asked, answer, part.rows), page: part.page }
}

/** Only the rows of the page are made where the list has no order of its own: it is cut first. */
function pageOf<Row extends object>(
  found: readonly Found[],
  page: PageRequest,
  { row, sortable }: Listing<Row>,
) {
  if (page.sort !== undefined) return paginate(found.map(row), page, sortable)
  const part = paginate(found, page, [])
  return { rows: part.rows.map(row), page: part.page }
}

/** How a summary is made of the devices and of what Kubernetes counts. */
export interface Summing<Summary> {
  readonly kinds: Kinds
  readonly summarise: (found: readonly Found[], kubernetes: KubernetesCounts | null) => Summary
}

/** The devices of the asked clusters in a few figures, beside what Kubernetes counts. */
export async function summariseDevices<Summary>(
  needs: Needs,
  { filter, ...asked }: Asked & { readonly filter: DeviceFilter },
  { kinds, summarise }: Summing<Summary>,
) {
  const [answer, kubernetes] = await Promise.all([
    filteredDevices(needs, asked, { kinds, filter }),
    kubernetesCounts(needs.telemetry, asked, kinds),
  ])
  const account = combine([answer, kubernetes.account])
  // What Kubernetes counts is of whole clusters: beside a filtered set it would be read as part of it.
  const whole = Object.values(filter).every((value) => value === undefined)
  return outcome(asked, account, summarise(answer.rows, whole ? kubernetes.counts : null))
}

/** One device of a kind, by its id. */
export interface OneAsked extends Asked {
  readonly kind: DeviceKind
  readonly id: string
  /** What is read of it; what the list reads when left out. */
  readonly measures?: NonEmpty<Gauge>
}

/** One device, shown in some way. Rejects as `theOne`. */
export async function oneDevice<Data>(
  needs: Needs,
  asked: OneAsked,
  show: (device: Device) => Data,
) {
  const { answer, device } = await findDevice(needs, asked)
  return outcome(asked, answer, show(device))
}

/** One device, and the answer that it stood in. Rejects as `theOne`. */
export async function findDevice(
  needs: Needs,
  { id, ...asked }: OneAsked,
): Promise<Named & { readonly answer: Answer<Device>; readonly device: Device }> {
  const known = await named(needs, asked)
  const pick = (board: Board): boolean => matchesId(board, id, known.names)
  const read = await readDevices(known.telemetry, { ...asked, pick })
  const answer = { ...combine([known.names, read]), rows: read.rows }
  return { ...known, answer, device: theOne(answer, id, asked.kind.title) }
}

function byPlace({ device: a }: Found, { device: b }: Found): number {
  if (a.cluster !== b.cluster) return compareText(a.cluster, b.cluster)
  if (a.node !== b.node) return compareText(a.node ?? '', b.node ?? '')
  const difference = (a.device_index ?? 0) - (b.device_index ?? 0)
  return difference === 0 ? compareText(deviceId(a), deviceId(b)) : difference
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** An answer of the API out of data and an account of those who were asked. */
export function outcome<Data>(
  { at }: Asked,
  { clusters, warnings }: Pick<Answer<unknown>, 'clusters' | 'warnings'>,
  data: Data,
): Omit<Outcome<Data>, 'data'> & { readonly data: Data } {
  return { data, observedAt: at, clusters, warnings }
}

/** What says in a series which device it is of. */
export const keyOf = (kind: DeviceKind, device: Device): Record<string, string> => ({
  cluster: device.cluster,
  ...(device.node === null ? {} : { node: device.node }),
  [`${kind.entity}_id`]: deviceId(device),
})
