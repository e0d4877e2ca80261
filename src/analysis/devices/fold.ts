import { compareText, keyOf } from '../power/group.ts'
import { merged, NONE, type PartsRule } from './combine.ts'
import { coresIn, scopeOf } from './cores.ts'
import type { Device, DeviceRow, Owner } from './device.ts'
import { deviceOf, emptyDraft, emptySpeech, type Draft, type Parts, type Speech } from './draft.ts'
import { rosterOf } from './roster.ts'

export type { PartsRule } from './combine.ts'

export interface FoldInput {
  /** The devices there are. Rows of one device complete one another. */
  readonly known: readonly DeviceRow[]
  /** What they do now; a row with `partition_id` speaks of a part, one with `core` of one core or a range of them. */
  readonly values: readonly DeviceRow[]
  /** Their limits and sizes, likewise. */
  readonly facts: readonly DeviceRow[]
  /** Who uses them; a row with `partition_id` or `core` says who uses that part. */
  readonly owners: readonly DeviceRow[]
  readonly rule: (measure: string) => PartsRule
}

export interface Folded {
  readonly devices: readonly Device[]
  /** Whether values came of a device that is not among the known ones. */
  readonly strangers: boolean
}

/**
 * One device for each physical board: the rows that MIG, time-slicing, several sources and several scrapes repeat
 * are brought together (`rosterOf`), and what belongs to the board is taken once. Of several sources of a measure
 * the first in `known` counts. Rows of a range of cores repeat what belongs to the board. What is said of devices
 * that are not in `known` is dropped.
 */
export function foldDevices({ known, values, facts, owners, rule }: FoldInput): Folded {
  const roster = rosterOf(known)
  const drafts = roster.boards.map(emptyDraft)
  const draftOf = (row: DeviceRow): Draft | undefined => drafts[roster.find(row)?.order ?? -1]
  // Which range is the whole card shows only when all cores are known.
  for (const rows of [known, values, owners]) for (const row of rows) nameCores(draftOf, row)
  let strangers = false
  for (const row of values) strangers = !addValues(draftOf(row), row) || strangers
  for (const row of facts) addFacts(draftOf(row), row)
  for (const row of owners) addOwner(draftOf(row), row.labels)
  return { devices: drafts.map((draft) => deviceOf(draft, rule)), strangers }
}

/** Whether values came of a device that is not among the known ones: it is new, and the list is out of date. */
export function hasUnknownDevice(
  known: readonly DeviceRow[],
  values: readonly DeviceRow[],
): boolean {
  const roster = rosterOf(known)
  return values.some((row) => roster.find(row) === undefined)
}

function nameCores(draftOf: (row: DeviceRow) => Draft | undefined, row: DeviceRow): void {
  const { core } = row.labels
  const draft = core === undefined ? undefined : draftOf(row)
  if (draft === undefined) return
  for (const each of coresIn(core ?? '')) partsOf(draft).cores.add(each)
}

/** Whether there is a device for them. */
function addValues(draft: Draft | undefined, { source, labels, values }: DeviceRow): boolean {
  if (draft === undefined) return false
  draft.silent = false
  const speech = speechOf(draft, source)
  const scope = scopeOf(labels['core'], draft.parts?.cores)
  if (labels['partition_id'] !== undefined) addToPart(draft, speech, { labels, values })
  else if (scope.of === 'core') addToCore(speech, scope.core, values)
  else speech.values = merged(speech.values, values)
  return true
}

function addFacts(draft: Draft | undefined, { source, labels, values }: DeviceRow): void {
  if (draft === undefined) return
  if (labels['partition_id'] === undefined) draft.facts = merged(draft.facts, values)
  else addToPart(draft, speechOf(draft, source), { labels, values })
}

function speechOf({ speeches }: Draft, source: string): Speech {
  const known = speeches.find((speech) => speech.source === source)
  if (known !== undefined) return known
  const speech = emptySpeech(source)
  speeches.push(speech)
  return speech
}

function addToPart(
  draft: Draft,
  speech: Speech,
  { labels, values }: Pick<DeviceRow, 'labels' | 'values'>,
): void {
  const { partition_id: id = '', partition_profile: profile } = labels
  partsOf(draft)
  speech.parts ??= new Map()
  const part = entry(speech.parts, id, () => ({ profile: null, values: NONE }))
  part.profile ??= profile ?? null
  part.values = merged(part.values, values)
}

function addToCore(speech: Speech, core: number, values: DeviceRow['values']): void {
  speech.cores ??= new Map()
  speech.cores.set(core, merged(speech.cores.get(core) ?? NONE, values))
}

function addOwner(draft: Draft | undefined, labels: DeviceRow['labels']): void {
  const { namespace = null, pod, container = null } = labels
  if (draft === undefined || pod === undefined) return
  const owner = { namespace, pod, container }
  addOnce(draft.owners, owner)
  if (labels['partition_id'] !== undefined || labels['core'] !== undefined)
    addPartOwner(partsOf(draft), labels, owner)
}

function addPartOwner(parts: Parts, labels: DeviceRow['labels'], owner: Owner): void {
  const { core, partition_id: id } = labels
  for (const each of coresIn(core ?? '')) addOnce(entry(parts.ofCores, each, noOwners), owner)
  const scope = scopeOf(core, parts.cores)
  const part = scope.of === 'range' ? scope.range : id
  if (part !== undefined) addOnce(entry(parts.ofRanges, part, noOwners), owner)
}

function addOnce(owners: Owner[], owner: Owner): void {
  const { namespace, pod, container } = owner
  const isKnown = owners.some(
    (known) => known.pod === pod && known.namespace === namespace && known.container === container,
  )
  if (isKnown) return
  owners.push(owner)
  // In the order of their names: that of the rows is the backend's.
  if (owners.length > 1) owners.sort((a, b) => compareText(textOf(a), textOf(b)))
}

const textOf = ({ namespace, pod, container }: Owner): string => keyOf(namespace, pod, container)

const noOwners = (): Owner[] => []

function partsOf(draft: Draft): Parts {
  draft.parts ??= { cores: new Set(), ofRanges: new Map(), ofCores: new Map() }
  return draft.parts
}

/** The value of a key, made where there is none. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key) ?? make()
  map.set(key, known)
  return known
}
