import { createDeviceMap, type DeviceMap } from './device-map.ts'
import { deviceKey, type Device, type DeviceRow, type Owner, type Partition } from './device.ts'
import { slicesOf, slicesOfModel } from './slices.ts'

/** How the rows of parts make the value of their device; see `MeasureSpec.parts` of the catalogue. */
export type PartsRule = 'repeated' | 'divided' | 'weighted' | 'whole'

export interface FoldInput {
  /** The devices there are, with their facts. Rows of one device complete one another. */
  readonly known: readonly DeviceRow[]
  /** What they do now; a row with `partition_id` speaks of a part. */
  readonly values: readonly DeviceRow[]
  /** Their limits and sizes, likewise. */
  readonly facts: readonly DeviceRow[]
  /** Who uses them; a row with `partition_id` says who uses that part. */
  readonly owners: readonly DeviceRow[]
  readonly rule: (measure: string) => PartsRule
}

export interface Folded {
  readonly devices: readonly Device[]
  /** Whether values came of a device that is not among the known ones. */
  readonly strangers: boolean
}

type Values = Readonly<Partial<Record<string, number>>>
/** Of what nobody has said anything yet. */
const NONE: Values = {}

interface Draft {
  readonly cluster: string
  readonly vendor: string | null
  labels: DeviceRow['labels']
  values: Values
  facts: Values
  silent: boolean
  /** Made when it is needed: few boards have any. */
  parts: Map<string, PartDraft> | undefined
  readonly owners: Owner[]
  readonly sources: string[]
}

interface PartDraft {
  profile: string | null
  values: Values
  readonly owners: Owner[]
}

/**
 * One device for each physical board: the rows that MIG, time-slicing and several scrapes repeat are brought
 * together by UUID (else node and index), and what belongs to the board is taken once. What is said of devices
 * that are not in `known` is dropped.
 */
export function foldDevices({ known, values, facts, owners, rule }: FoldInput): Folded {
  const drafts = createDeviceMap<Draft>()
  const draftOf = ({ cluster, labels }: DeviceRow) => drafts.get(cluster, deviceKey(labels))
  let strangers = false
  for (const row of known) introduce(drafts, row)
  for (const row of values) {
    const draft = draftOf(row)
    if (draft === undefined) strangers = true
    else addValues(draft, row)
  }
  for (const row of facts) addFacts(draftOf(row), row)
  for (const row of owners) addOwner(draftOf(row), row.labels)
  return { devices: drafts.values().map((draft) => finish(draft, rule)), strangers }
}

/** Whether values came of a device that is not among the known ones: it is new, and the list is out of date. */
export function hasUnknownDevice(
  known: readonly DeviceRow[],
  values: readonly DeviceRow[],
): boolean {
  const devices = createDeviceMap<true>()
  for (const { cluster, labels } of known) devices.set(cluster, deviceKey(labels), true)
  return values.some(({ cluster, labels }) => devices.get(cluster, deviceKey(labels)) !== true)
}

function introduce(drafts: DeviceMap<Draft>, { cluster, source, vendor, labels }: DeviceRow): void {
  const key = deviceKey(labels)
  const draft = drafts.get(cluster, key)
  if (draft === undefined) {
    drafts.set(cluster, key, {
      cluster,
      vendor,
      labels,
      values: NONE,
      facts: NONE,
      silent: true,
      parts: undefined,
      owners: [],
      sources: [source],
    })
    return
  }
  draft.labels = { ...labels, ...draft.labels }
  if (!draft.sources.includes(source)) draft.sources.push(source)
}

function addValues(draft: Draft, { labels, values }: DeviceRow): void {
  draft.silent = false
  const target = labels['partition_id'] === undefined ? draft : partOf(draft, labels)
  target.values = merged(target.values, values)
}

function addFacts(draft: Draft | undefined, { labels, values }: DeviceRow): void {
  if (draft === undefined) return
  if (labels['partition_id'] === undefined) draft.facts = merged(draft.facts, values)
  else {
    const part = partOf(draft, labels)
    part.values = merged(part.values, values)
  }
}

/** What was said first counts. */
const merged = (known: Values, more: Values): Values =>
  known === NONE ? more : { ...more, ...known }

function addOwner(draft: Draft | undefined, labels: DeviceRow['labels']): void {
  const { namespace = null, pod, container = null } = labels
  if (draft === undefined || pod === undefined) return
  const owner = { namespace, pod, container }
  addOnce(draft.owners, owner)
  if (labels['partition_id'] !== undefined) addOnce(partOf(draft, labels).owners, owner)
}

function addOnce(owners: Owner[], owner: Owner): void {
  const { namespace, pod, container } = owner
  const isKnown = owners.some(
    (known) => known.pod === pod && known.namespace === namespace && known.container === container,
  )
  if (!isKnown) owners.push(owner)
}

function partOf(draft: Draft, labels: DeviceRow['labels']): PartDraft {
  const id = labels['partition_id'] ?? ''
  draft.parts ??= new Map()
  const part = draft.parts.get(id) ?? { profile: null, values: NONE, owners: [] }
  part.profile ??= labels['partition_profile'] ?? null
  draft.parts.set(id, part)
  return part
}

function finish(draft: Draft, rule: FoldInput['rule']): Device {
  const { cluster, vendor, labels, values, facts, silent, owners, sources } = draft
  const partitions = partitionsOf(draft)
  return {
    key: deviceKey(labels),
    cluster,
    vendor,
    uuid: labels['uuid'] ?? null,
    node: labels['node'] ?? null,
    device_index: indexOf(labels['device_index']),
    pci_bus_id: labels['pci_bus_id'] ?? null,
    model: labels['model'] ?? null,
    driver_version: labels['driver_version'] ?? null,
    values: partitions.length === 0 ? values : deviceValues(draft, partitions, rule),
    facts,
    silent,
    partitions,
    owners,
    sources,
  }
}

function partitionsOf({ parts }: Draft): readonly Partition[] {
  if (parts === undefined) return []
  return Array.from(parts, ([id, { profile, values, owners }]) => ({
    partition_id: id,
    profile,
    values,
    owners,
  })).sort((a, b) => Number(a.partition_id) - Number(b.partition_id))
}

/** `3`, `nvidia3` and `npu3` are all index 3. */
function indexOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d+$/.test(text)) return Number(text)
  const digits = /\d+$/.exec(text)?.[0]
  return digits === undefined ? null : Number(digits)
}

function deviceValues(
  { values, facts, labels }: Draft,
  partitions: readonly Partition[],
  rule: FoldInput['rule'],
): Device['values'] {
  const own = merged(values, facts)
  const measures = new Set([
    ...Object.keys(own),
    ...partitions.flatMap((part) => Object.keys(part.values)),
  ])
  const slices = slicesOfModel(labels['model'] ?? null)
  const folded: Partial<Record<string, number>> = {}
  for (const measure of measures) {
    const value = own[measure] ?? fromParts(measure, rule(measure), { partitions, slices })
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
