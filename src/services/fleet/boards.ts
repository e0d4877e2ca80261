import { isMode, slicesOf, slicesOfCard, slicesOfModel } from '../../analysis/devices/slices.ts'
import type { BoardLoad } from '../../analysis/power/gpu-use.ts'
import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Board, HeldPart, Share, Workload } from '../../analysis/power/input.ts'
import type { Reading } from '../telemetry/index.ts'
import type { BoardKeyOf } from './board-keys.ts'
import type { NodeOf } from './nodes.ts'
import { heldParts } from './held-parts.ts'
import type { FleetReading, FleetRows } from './parts.ts'

type Kind = Board['kind']

/** What the rows of boards are read with. */
export interface BoardContext {
  readonly nodeOf: NodeOf
  readonly keyOfBoard: BoardKeyOf
  /** Whether a pod is there to hold anything; see `Pods`. */
  readonly isAlive: (cluster: string, namespace: string, pod: string) => boolean
}

/** The rows of all boards: those that there are, with their limits, watts and holders. */
export function boardsOf(rows: FleetRows, context: BoardContext): readonly Board[] {
  const isTold = (row: Reading): boolean => context.keyOfBoard(row) !== null
  return (['gpu', 'npu'] as const).flatMap((kind) => [
    ...(['s', '_limits', '_power'] as const).flatMap((part) =>
      rows[`${kind}${part}`].filter(isTold).map((row) => rowOf(kind, row, context)),
    ),
    ...heldBoards(kind, rows, context),
  ])
}

function rowOf(kind: Kind, row: Reading, { nodeOf, keyOfBoard }: BoardContext): Board {
  const { cluster, source, vendor, values } = row
  return {
    cluster,
    node: nodeOf(row)?.node ?? null,
    key: keyOfBoard(row) ?? '',
    kind,
    vendor,
    source,
    watts: values.power_watts ?? null,
    limit_watts: values.power_limit_watts ?? null,
    idle_watts: null,
    ...builtAs(kind, vendor, row.labels),
    shares: null,
  }
}

/** What the model says of a board. */
function builtAs(
  kind: Kind,
  vendor: string | null,
  { model, serial }: Reading['labels'],
): Pick<Board, 'module' | 'includes_cpu' | 'slices'> {
  if (model === undefined) return { module: null, includes_cpu: false, slices: null }
  return {
    // Two dies with one meter.
    module: /\bMI250/.test(model) ? (serial ?? null) : null,
    includes_cpu: /\bGH200\b/.test(model),
    // How AMD's cards are divided shows in their parts alone.
    slices: kind === 'gpu' && vendor !== 'amd' ? slicesOfModel(model) : null,
  }
}

/** Rows that say who holds a board; where a source tells of nobody in a cluster, it cannot tell at all. */
function heldBoards(kind: Kind, rows: FleetRows, context: BoardContext): readonly Board[] {
  const activities = activitiesOf(kind === 'gpu' ? rows.gpu_activity : [], context.keyOfBoard)
  const wholes = wholesOf(rows[`${kind}_owners`], context.keyOfBoard)
  const owned = rows[`${kind}_owners`].filter((row) => context.keyOfBoard(row) !== null)
  const bySource = groupBy(owned, ({ cluster, source }) => keyOf(cluster, source))
  return [...bySource.values()].flatMap((told) => {
    if (!told.some(({ labels }) => labels.pod !== undefined)) return []
    const living = withoutDead(told, context)
    const parts = heldParts(living, {
      placeOf: (row) => partKey(row, context.keyOfBoard),
      isPart: (row) => partitionIn(row) !== null,
    })
    const slices = slicesOfModes(told, context.keyOfBoard)
    return living.map((row) => ({
      ...rowOf(kind, row, context),
      watts: null,
      slices: slices.get(boardKey(row, context.keyOfBoard)) ?? null,
      shares: shareOf(kind, row, { context, activities, wholes, held: parts.get(row) }),
    }))
  })
}

/**
 * A pod that has ended shows for some minutes where its series was not ended with it. It gives way to what else
 * holds its place; alone it is believed, since the exporter may just know more than Kubernetes did.
 */
function withoutDead(
  told: readonly FleetReading[],
  { keyOfBoard, isAlive }: BoardContext,
): readonly FleetReading[] {
  const places = groupBy(told, (row) => partKey(row, keyOfBoard))
  return [...places.values()].flatMap((rows) => {
    const living = rows.filter(
      ({ cluster, labels: { namespace = '', pod } }) =>
        pod === undefined || isAlive(cluster, namespace, pod),
    )
    return living.length > 0 ? living : rows
  })
}

/** The slices of cards whose parts are all equal, by their key. */
function slicesOfModes(
  told: readonly FleetReading[],
  keyOfBoard: BoardKeyOf,
): ReadonlyMap<string, number> {
  const parts = told.filter(({ labels }) => isMode(labels.partition_profile ?? null))
  if (parts.length === 0) return new Map()
  const boards = groupBy(parts, (row) => boardKey(row, keyOfBoard))
  return new Map(
    [...boards].map(([key, rows]) => {
      const own = groupBy(rows, (row) => partitionIn(row) ?? '')
      const profiles = [...own.values()].map(([{ labels }]) => ({
        profile: labels.partition_profile ?? null,
      }))
      return [key, slicesOfCard(null, profiles)]
    }),
  )
}

interface ShareContext {
  readonly context: BoardContext
  readonly activities: ReadonlyMap<string, number>
  /** The range of cores that is the whole of a board, by its key. */
  readonly wholes: ReadonlyMap<string, string>
  readonly held: HeldPart | undefined
}

function shareOf(
  kind: Kind,
  row: Reading,
  { context, activities, wholes, held }: ShareContext,
): readonly Share[] {
  const owner = ownerOf(row)
  const range = partitionIn(row)
  const isWhole = range === wholes.get(boardKey(row, context.keyOfBoard))
  const partition = isWhole ? null : range
  if (owner === null && partition === null) return []
  const key = partKey(row, context.keyOfBoard)
  const profile = row.labels.partition_profile ?? null
  return [
    {
      owner,
      partition,
      slices: partition === null ? null : slicesIn(kind, partition, profile),
      // Of an undivided board the measured activity is that of all its holders together.
      activity: partition === null ? null : (activities.get(key) ?? null),
      held,
    },
  ]
}

const partitionIn = ({ labels }: Reading): string | null =>
  labels.partition_id ?? labels.core ?? null

const boardKey = (row: Reading, keyOfBoard: BoardKeyOf): string =>
  keyOf(row.cluster, keyOfBoard(row))

/** NPUs name the whole card as the range of all its cores: the one that contains all others. */
function wholesOf(rows: readonly Reading[], keyOfBoard: BoardKeyOf): ReadonlyMap<string, string> {
  const boards = groupBy(rows, (row) => boardKey(row, keyOfBoard))
  return new Map(
    [...boards].flatMap(([key, own]) => {
      const ranges = own.flatMap((row) => coreRange(partitionIn(row)) ?? [])
      const [widest] = [...ranges].sort((a, b) => b.last - b.first - (a.last - a.first))
      const isWhole = ranges.every(
        ({ first, last }) => widest !== undefined && first >= widest.first && last <= widest.last,
      )
      return widest === undefined || !isWhole ? [] : [[key, widest.text]]
    }),
  )
}

/** The cores of a range such as `0-3`. */
function coreRange(text: string | null) {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text ?? '') ?? []
  if (text === null || first === undefined || last === undefined) return null
  return { text, first: Number(first), last: Number(last) }
}

function ownerOf({ labels }: Reading): Workload | null {
  const { namespace = '', pod, container } = labels
  if (pod === undefined) return null
  return { kind: 'pod', namespace, pod, container: container ?? null }
}

/** Compute slices of a MIG instance, or how many cores a range such as `0-3` has. */
function slicesIn(kind: Kind, partition: string, profile: string | null): number {
  if (kind === 'gpu') return slicesOf(profile)
  const range = coreRange(profile) ?? coreRange(partition)
  return range === null ? 1 : range.last - range.first + 1
}

const partKey = (row: Reading, keyOfBoard: BoardKeyOf): string =>
  keyOf(row.cluster, keyOfBoard(row), partitionIn(row))

function activitiesOf(
  rows: readonly Reading[],
  keyOfBoard: BoardKeyOf,
): ReadonlyMap<string, number> {
  return new Map(
    rows.flatMap((row) => {
      const activity = row.values.engine_active_percent
      return activity === undefined ? [] : [[partKey(row, keyOfBoard), activity]]
    }),
  )
}

/** How busy the boards are that report it. */
export function loadsOf(rows: readonly Reading[], keyOfBoard: BoardKeyOf): readonly BoardLoad[] {
  return rows.flatMap((row) => {
    const percent = row.values.gpu_utilization_percent
    const key = keyOfBoard(row)
    if (percent === undefined || key === null) return []
    return [{ cluster: row.cluster, key, utilization_percent: percent }]
  })
}

/** Reads the models of boards; they are looked through when the first is asked for. */
export function modelReader(
  rows: FleetRows,
  keyOfBoard: BoardKeyOf,
): (cluster: string, board: string) => string | null {
  let models: ReadonlyMap<string, string> | undefined
  return (cluster, board) => {
    models ??= new Map(
      [...rows.gpus, ...rows.npus].flatMap((row) =>
        row.labels.model === undefined
          ? []
          : [[boardKey(row, keyOfBoard), row.labels.model] as const],
      ),
    )
    return models.get(keyOf(cluster, board)) ?? null
  }
}
