import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { Reading } from '../../services/telemetry/index.ts'
import type { Asked, Needs } from './moment.ts'

export const MACHINE_STATUSES = [
  'running',
  'paused',
  'shutting_down',
  'shut_off',
  'crashed',
  'suspended',
  'error',
  'unknown',
] as const

type MachineStatus = (typeof MACHINE_STATUSES)[number]

/** One virtual machine, by whoever tells of it. */
export interface Machine {
  readonly cluster: string
  /** Its UUID, else what its hypervisor calls it. */
  readonly id: string
  /** Every name that a source of figures may know it by. */
  readonly ids: readonly string[]
  readonly name: string | null
  /** What its hypervisor is called by those who tell of it. */
  readonly host: string | null
  readonly status: MachineStatus
}

/** Every virtual machine that libvirt or Nova tells of. */
export async function readMachines(
  { telemetry }: Pick<Needs, 'telemetry'>,
  asked: Asked,
): Promise<Answer<Machine>> {
  const { rows, ...account } = await telemetry.latest({
    ...asked,
    entity: 'vm',
    labels: ['vm_id', 'vm_domain', 'vm_name', 'node', 'status'],
    measures: ['vm_present', 'vm_state_code', 'nova_status_code'],
    shelf: 'realtime',
  })
  return { ...account, rows: machinesOf(rows) }
}

/** Rows meet by UUID, and those without one by the place that another row gives to a UUID, else by the place alone. */
export function machinesOf(rows: readonly Reading[]): readonly Machine[] {
  const byPlace = new Map<string, string>()
  for (const row of rows) {
    const [id, place] = [idOf(row), placeOf(row)]
    if (id !== null && place !== null) byPlace.set(place, id)
  }
  const placed = rows.flatMap((row) => {
    const place = placeOf(row)
    const key = idOf(row) ?? (place === null ? null : (byPlace.get(place) ?? place))
    return key === null ? [] : [{ row, key }]
  })
  return [...groupBy(placed, ({ key }) => key).values()].map((group) =>
    machineOf(group.map(({ row }) => row)),
  )
}

const idOf = ({ cluster, labels }: Reading): string | null =>
  labels.vm_id === undefined ? null : keyOf(cluster, labels.vm_id)

/** Where a machine is, as its hypervisor says it. */
const placeOf = ({ cluster, labels }: Reading): string | null =>
  labels.vm_domain === undefined ? null : keyOf(cluster, labels.node ?? null, labels.vm_domain)

function machineOf(rows: readonly Reading[]): Machine {
  const first = (label: 'vm_id' | 'vm_domain' | 'vm_name' | 'node'): string | null =>
    rows.map(({ labels }) => labels[label]).find((text) => text !== undefined) ?? null
  const ids = [first('vm_id'), first('vm_domain')].filter((id) => id !== null)
  return {
    cluster: rows[0]?.cluster ?? '',
    id: ids[0] ?? '',
    ids,
    name: first('vm_name') ?? first('vm_domain'),
    host: first('node'),
    status: statusOf(rows),
  }
}

/** `virDomainState` of libvirt. */
const BY_CODE: Readonly<Partial<Record<number, MachineStatus>>> = {
  1: 'running',
  2: 'running',
  3: 'paused',
  4: 'shutting_down',
  5: 'shut_off',
  6: 'crashed',
  7: 'suspended',
}

/** The statuses of servers of Nova's API. */
const BY_WORD: Readonly<Partial<Record<string, MachineStatus>>> = {
  active: 'running',
  paused: 'paused',
  shutoff: 'shut_off',
  stopped: 'shut_off',
  suspended: 'suspended',
  error: 'error',
}

/** The hypervisor knows best; Nova says what it believes. */
function statusOf(rows: readonly Reading[]): MachineStatus {
  const codes = rows.flatMap(({ values }) => values.vm_state_code ?? [])
  const words = rows.flatMap(({ labels }) => labels.status ?? [])
  const told = [
    ...codes.map((code) => BY_CODE[code]),
    ...words.map((word) => BY_WORD[word.toLowerCase()]),
  ]
  return told.find((status) => status !== undefined) ?? 'unknown'
}
