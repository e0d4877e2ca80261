import { deviceKey, type Device, type DeviceRow, type Owner, type Partition } from './device.ts'
import { slicesOf, slicesOfModel } from './slices.ts'

/** How the rows of parts make the value of their device; see `MeasureSpec.parts` of the catalogue. */
export type PartsRule = 'repeated' | 'divided' | 'weighted' | 'whole'

export interface FoldInput {
  /** The devices there are, with their facts. Rows of one device complete one another. */
  readonly known: readonly DeviceRow[]
  /** Their values; a row with `partition_id` speaks of a part. */
  readonly values: readonly DeviceRow[]
  /** Who uses them; a row with `partition_id` says who uses that part. */
  readonly owners: readonly DeviceRow[]
  readonly rule: (measure: string) => PartsRule
}

interface Draft {
  readonly cluster: string
  readonly vendor: string | null
  labels: DeviceRow['labels']
  readonly values: Partial<Record<string, number>>
  readonly parts: Map<string, PartDraft>
  readonly owners: Map<string, Owner>
  readonly sources: Set<string>
}

interface PartDraft {
  profile: string | null
  readonly values: Partial<Record<string, number>>
  readonly owners: Map<string, Owner>
}

/**
 * One device for each physical board: the rows that MIG, time-slicing and several scrapes repeat are brought
 * together by UUID (else node and index), and what belongs to the board is taken once. Values of devices that
 * are not in `known` are dropped: see `hasUnknownDevice`.
 */
export function foldDevices({ known, values, owners, rule }: FoldInput): readonly Device[] {
  const drafts = new Map<string, Draft>()
  for (const row of known) introduce(drafts, row)
  for (const row of values) addValues(drafts, row)
  for (const row of owners) addOwner(drafts, row)
  return [...drafts].map(([key, draft]) => ({ key, ...finish(draft, rule) }))
}

/** Whether values came of a device that is not among the known ones: it is new, and the list is out of date. */
export function hasUnknownDevice(
  known: readonly DeviceRow[],
  values: readonly DeviceRow[],
): boolean {
  const keys = new Set(known.map(({ cluster, labels }) => deviceKey(cluster, labels)))
  return values.some(({ cluster, labels }) => !keys.has(deviceKey(cluster, labels)))
}

function introduce(drafts: Map<string, Draft>, row: DeviceRow): void {
  const { cluster, source, vendor, labels } = row
  const key = deviceKey(cluster, labels)
  const draft = drafts.get(key)
  if (draft === undefined) {
    drafts.set(key, {
      cluster,
      vendor,
      labels,
      values: {},
      parts: new Map(),
      owners: new Map(),
      sources: new Set([source]),
    })
    return
  }
  draft.labels = { ...labels, ...draft.labels }
  draft.sources.add(source)
}

function addValues(drafts: Map<string, Draft>, row: DeviceRow): void {
  const draft = drafts.get(deviceKey(row.cluster, row.labels))
  if (draft === undefined) return
  const target = row.labels['partition_id'] === undefined ? draft : partOf(draft, row.labels)
  for (const measure in row.values) target.values[measure] ??= row.values[measure]
}

function addOwner(drafts: Map<string, Draft>, { cluster, labels }: DeviceRow): void {
  const draft = drafts.get(deviceKey(cluster, labels))
  const { namespace = null, pod, container = null } = labels
  if (draft === undefined || pod === undefined) return
  const owner = { namespace, pod, container }
  const key = `${namespace ?? ''}/${pod}/${container ?? ''}`
  draft.owners.set(key, owner)
  if (labels['partition_id'] !== undefined) partOf(draft, labels).owners.set(key, owner)
}

function partOf({ parts }: Draft, labels: DeviceRow['labels']): PartDraft {
  const id = labels['partition_id'] ?? ''
  const part = parts.get(id) ?? { profile: null, values: {}, owners: new Map<string, Owner>() }
  part.profile ??= labels['partition_profile'] ?? null
  parts.set(id, part)
  return part
}

function finish(draft: Draft, rule: FoldInput['rule']): Omit<Device, 'key'> {
  const { cluster, vendor, labels, owners, sources } = draft
  const partitions = [...draft.parts].map(([id, part]): Partition => ({
    partition_id: id,
    profile: part.profile,
    values: part.values,
    owners: [...part.owners.values()],
  }))
  return {
    cluster,
    vendor,
    uuid: labels['uuid'] ?? null,
    node: labels['node'] ?? null,
    device_index: indexOf(labels['device_index']),
    pci_bus_id: labels['pci_bus_id'] ?? null,
    model: labels['model'] ?? null,
    driver_version: labels['driver_version'] ?? null,
    values: partitions.length === 0 ? draft.values : deviceValues(draft, partitions, rule),
    partitions: partitions.sort((a, b) => Number(a.partition_id) - Number(b.partition_id)),
    owners: [...owners.values()],
    sources: [...sources],
  }
}

/** `3`, `nvidia3` and `npu3` are all index 3. */
function indexOf(text: string | undefined): number | null {
  const digits = /\d+$/.exec(text ?? '')?.[0]
  return digits === undefined ? null : Number(digits)
}

function deviceValues(
  { values, labels }: Draft,
  partitions: readonly Partition[],
  rule: FoldInput['rule'],
): Device['values'] {
  const measures = new Set([
    ...Object.keys(values),
    ...partitions.flatMap((part) => Object.keys(part.values)),
  ])
  const slices = slicesOfModel(labels['model'] ?? null)
  const folded: Partial<Record<string, number>> = {}
  for (const measure of measures) {
    const value = values[measure] ?? fromParts(measure, rule(measure), { partitions, slices })
    if (value !== undefined) folded[measure] = value
  }
  return folded
}

function fromParts(
  measure: string,
  rule: PartsRule,
  { partitions, slices }: { readonly partitions: readonly Partition[]; readonly slices: number },
): number | undefined {
  const reported = partitions.filter((part) => part.values[measure] !== undefined)
  if (reported.length === 0 || rule === 'whole') return undefined
  const readings = reported.map((part) => part.values[measure] ?? 0)
  if (rule === 'repeated') return Math.max(...readings)
  if (rule === 'divided') return readings.reduce((sum, value) => sum + value, 0)
  const weighted = reported.map((part, index) => slicesOf(part.profile) * (readings[index] ?? 0))
  return weighted.reduce((sum, value) => sum + value, 0) / slices
}
