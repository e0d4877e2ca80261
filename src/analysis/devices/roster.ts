import { indexOf, type DeviceRow } from './device.ts'

/** A board as all rows that name it do together; `device_index` is its digits. */
export interface Board {
  /** Its place among all boards. */
  readonly order: number
  readonly cluster: string
  readonly vendor: string | null
  readonly labels: DeviceRow['labels']
  /** Its index in the words of those who name it: `npu3`. */
  readonly index_labels: readonly string[]
  readonly sources: readonly string[]
}

/** The boards that there are, and which of them a row speaks of. */
export interface Roster {
  readonly boards: readonly Board[]
  /** The board of a row; undefined for one that nobody has named. */
  find(row: DeviceRow): Board | undefined
}

interface Draft {
  readonly order: number
  readonly cluster: string
  vendor: string | null
  labels: DeviceRow['labels']
  index_labels: readonly string[]
  readonly sources: string[]
}

/** The boards of one cluster: a key over all clusters would have to be put together for every row of every answer. */
interface Cluster {
  readonly byUuid: Map<string, Draft>
  readonly byPlace: Map<string, Draft[]>
}

interface Drafts {
  readonly boards: Draft[]
  readonly clusters: Map<string, Cluster>
}

/**
 * Boards are told apart by cluster and UUID, else by node, index and vendor. A source that has no UUID for a board
 * that others have one for is brought to it by its place. Where rows differ about a board, the earlier one counts.
 */
export function rosterOf(known: readonly DeviceRow[]): Roster {
  const drafts: Drafts = { boards: [], clusters: new Map() }
  const { boards, clusters } = drafts
  if (known.some(isUnnamed)) settleAll(drafts, known)
  for (const row of known) introduce(find(clusters, row) ?? settle(drafts, row), row)
  return { boards, find: (row) => find(clusters, row) }
}

const isUnnamed = ({ labels }: DeviceRow): boolean => labels['uuid'] === undefined

/** Boards with a UUID, by their places too: a row without one may stand before the one that says whose it is. */
function settleAll(drafts: Drafts, known: readonly DeviceRow[]): void {
  for (const row of known) {
    const board = isUnnamed(row) ? undefined : (find(drafts.clusters, row) ?? settle(drafts, row))
    if (board !== undefined && isPlaced(row)) settleAt(drafts, row, board)
  }
}

const isPlaced = ({ labels }: DeviceRow): boolean =>
  labels['node'] !== undefined && labels['device_index'] !== undefined

function find(clusters: ReadonlyMap<string, Cluster>, row: DeviceRow): Draft | undefined {
  const { cluster, vendor, labels } = row
  const { uuid } = labels
  const there = clusters.get(cluster)
  if (uuid !== undefined) return there?.byUuid.get(uuid)
  return there?.byPlace.get(placeOf(labels))?.find((board) => agree(board.vendor, vendor))
}

/** A source that does not say who built a device agrees with all. */
const agree = (a: string | null, b: string | null): boolean => a === null || b === null || a === b

const placeOf = (labels: DeviceRow['labels']): string =>
  `${labels['node'] ?? ''}\u0000${digitsOf(labels['device_index']) ?? ''}`

/** A new board, where its rows will find it. */
function settle(drafts: Drafts, row: DeviceRow): Draft {
  const { cluster, vendor, labels } = row
  const order = drafts.boards.length
  const board = { order, cluster, vendor, labels: NONE, index_labels: NO_TEXTS, sources: [] }
  drafts.boards.push(board)
  if (labels['uuid'] === undefined) settleAt(drafts, row, board)
  else clusterOf(drafts, cluster).byUuid.set(labels['uuid'], board)
  return board
}

const NONE: DeviceRow['labels'] = {}
const NO_TEXTS: readonly string[] = []

function settleAt(drafts: Drafts, { cluster, labels }: DeviceRow, board: Draft): void {
  const { byPlace } = clusterOf(drafts, cluster)
  const place = placeOf(labels)
  const boards = byPlace.get(place)
  if (boards === undefined) byPlace.set(place, [board])
  else if (!boards.includes(board)) boards.push(board)
}

function clusterOf({ clusters }: Drafts, name: string): Cluster {
  const known = clusters.get(name)
  if (known !== undefined) return known
  const made: Cluster = { byUuid: new Map(), byPlace: new Map() }
  clusters.set(name, made)
  return made
}

/** What was said first counts. */
function introduce(board: Draft, { source, vendor, labels }: DeviceRow): void {
  const index = labels['device_index']
  board.vendor ??= vendor
  board.labels = board.labels === NONE ? plain(labels) : { ...plain(labels), ...board.labels }
  if (index !== undefined && !board.index_labels.includes(index))
    board.index_labels = [...board.index_labels, index]
  if (!board.sources.includes(source)) board.sources.push(source)
}

/** Labels are used as they were read where there is nothing to change. */
function plain(labels: DeviceRow['labels']): DeviceRow['labels'] {
  const index = labels['device_index']
  const digits = digitsOf(index)
  return digits === undefined || digits === index ? labels : { ...labels, device_index: digits }
}

const DIGITS = /^(?:0|[1-9]\d*)$/

function digitsOf(index: string | undefined): string | undefined {
  return index === undefined || DIGITS.test(index) ? index : indexOf(index)?.toString()
}
