import { coresTogether, deviceValues, merged, NONE, type Terms, type Values } from './combine.ts'
import { coresIn } from './cores.ts'
import { indexOf, type Core, type Device, type Owner, type Partition } from './device.ts'
import type { Board } from './roster.ts'

/** What is collected of one device, row by row. Most boards have no parts: what is of parts is made when it is needed. */
export interface Draft {
  readonly board: Board
  /** What each source says, in the order of the board's. */
  readonly speeches: Speech[]
  facts: Values
  silent: boolean
  readonly owners: Owner[]
  parts: Parts | undefined
}

/** What one source says of a device. */
export interface Speech {
  readonly source: string
  values: Values
  parts: Map<string, PartSpeech> | undefined
  cores: Map<number, Values> | undefined
}

interface PartSpeech {
  profile: string | null
  values: Values
}

/** The parts of a device that anybody names, and who holds them. */
export interface Parts {
  readonly cores: Set<number>
  readonly ofRanges: Map<string, Owner[]>
  readonly ofCores: Map<number, Owner[]>
}

/** A device that nothing is known of yet but which it is. */
export const emptyDraft = (board: Board): Draft => ({
  board,
  speeches: board.sources.map((source) => emptySpeech(source)),
  facts: NONE,
  silent: true,
  owners: [],
  parts: undefined,
})

export const emptySpeech = (source: string): Speech => ({
  source,
  values: NONE,
  parts: undefined,
  cores: undefined,
})

/** The device of a finished draft. It is written field by field: objects that are spread first are slow to read. */
export function deviceOf(draft: Draft, rule: Terms['rule']): Device {
  const { board, facts, silent, owners } = draft
  const { labels } = board
  const cores = coresOf(draft)
  return {
    cluster: board.cluster,
    vendor: board.vendor,
    uuid: labels['uuid'] ?? null,
    node: labels['node'] ?? null,
    device_index: indexOf(labels['device_index']),
    index_labels: board.index_labels,
    pci_bus_id: labels['pci_bus_id'] ?? null,
    model: labels['model'] ?? null,
    driver_version: labels['driver_version'] ?? null,
    firmware_version: labels['firmware_version'] ?? null,
    values: valuesOf(draft, rule),
    facts,
    silent,
    partitions: partitionsOf(draft, cores, rule),
    cores,
    cores_total: draft.parts === undefined ? null : totalOf(draft.parts),
    owners,
    sources: board.sources,
  }
}

const totalOf = ({ cores }: Parts): number | null => (cores.size === 0 ? null : cores.size)

/** Of several sources of a measure the first counts, and the facts of a divided board before those of its parts. */
function valuesOf({ board, speeches, facts, parts: divided }: Draft, rule: Terms['rule']): Values {
  if (divided === undefined)
    return speeches.reduce((known, { values }) => merged(known, values), NONE)
  const terms = { rule, model: board.labels['model'] ?? null }
  const values = speeches.reduce((known, speech) => {
    const [parts, cores] = [listOf(speech.parts), listOf(speech.cores)]
    return merged(known, deviceValues({ values: speech.values, parts, cores }, terms))
  }, NONE)
  return { ...values, ...facts }
}

const listOf = <Value>(map: ReadonlyMap<unknown, Value> | undefined): readonly Value[] =>
  map === undefined ? [] : [...map.values()]

const NO_PARTITIONS: readonly Partition[] = []
const NO_CORES: readonly Core[] = []

function partitionsOf(
  { speeches, parts }: Draft,
  cores: readonly Core[],
  rule: Terms['rule'],
): readonly Partition[] {
  if (parts === undefined) return NO_PARTITIONS
  const ids = new Set(speeches.flatMap((speech) => [...(speech.parts?.keys() ?? [])]))
  for (const id of parts.ofRanges.keys()) ids.add(id)
  return [...ids]
    .map((id): Partition => {
      const said = speeches.flatMap((speech) => speech.parts?.get(id) ?? [])
      return {
        partition_id: id,
        profile: said.find(({ profile }) => profile !== null)?.profile ?? null,
        values: merged(
          said.map(({ values }) => values).reduce(merged, NONE),
          madeBy(id, cores, rule),
        ),
        owners: parts.ofRanges.get(id) ?? [],
      }
    })
    .sort((a, b) => Number.parseInt(a.partition_id, 10) - Number.parseInt(b.partition_id, 10))
}

/** A partition that is a range of cores does what its cores do. */
function madeBy(id: string, cores: readonly Core[], rule: Terms['rule']): Values {
  const ids = coresIn(id)
  if (ids.length < 2) return NONE
  const own = cores.filter((core) => ids.includes(core.core_id))
  return coresTogether(
    own.map(({ values }) => values),
    rule,
  )
}

function coresOf({ speeches, parts }: Draft): readonly Core[] {
  if (parts === undefined) return NO_CORES
  return [...parts.cores]
    .sort((a, b) => a - b)
    .map((id) => ({
      core_id: id,
      values: speeches.map((speech) => speech.cores?.get(id) ?? NONE).reduce(merged, NONE),
      owners: parts.ofCores.get(id) ?? [],
    }))
}
