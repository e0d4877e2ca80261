import { IDLE_PERCENT } from '../power/gpu-use.ts'
import { compareText, groupBy, keyOf } from '../power/group.ts'
import { meanOf } from './condition-tally.ts'
import type { WholeEvidence } from './evidence.ts'
import { energyFigures, firstOf, percentOf } from './figures.ts'
import type { BoardTally } from './power-tally.ts'
import {
  USES,
  type AcceleratorSection,
  type IdleBoardRow,
  type ModelRow,
  type Use,
  type UseFigures,
  type UseRows,
} from './report.ts'
import type { BoardUseTally } from './use-tally.ts'

/** How many idle boards are listed. */
const MOST_IDLE = 50

/** The accelerators by model, and what their time and energy went to. */
export function acceleratorSection(evidence: WholeEvidence): AcceleratorSection {
  const boards = [...evidence.power.boards.values()]
  return {
    boards: boards.length,
    step_seconds: evidence.buckets[0]?.coarseSeconds ?? 0,
    idle_below_percent: IDLE_PERCENT,
    uses: usesOf([...evidence.uses.boards.values()]),
    by_model: modelRows(evidence, boards),
    idle_boards: idleBoards(evidence),
  }
}

function usesOf(boards: readonly BoardUseTally[]): UseRows {
  const joules = (use: Use): number => boards.reduce((sum, { uses }) => sum + uses[use].joules, 0)
  const whole = USES.reduce((sum, use) => sum + joules(use), 0)
  const row = (use: Use): UseFigures => {
    const isMetered = boards.some(({ uses }) => uses[use].isMetered)
    const hasAny = boards.some(({ uses }) => uses[use].seconds > 0)
    const energy = hasAny && !isMetered ? null : joules(use)
    return {
      board_hours: boards.reduce((sum, { uses }) => sum + uses[use].seconds, 0) / 3600,
      energy_joules: boards.length === 0 ? null : energy,
      share_percent: percentOf(energy, whole),
    }
  }
  return {
    active: row('active'),
    allocated_idle: row('allocated_idle'),
    unallocated: row('unallocated'),
    not_reported: row('not_reported'),
  }
}

function modelRows(evidence: WholeEvidence, boards: readonly BoardTally[]): readonly ModelRow[] {
  const modelOf = (board: BoardTally): string | null => evidence.models.get(boardKey(board)) ?? null
  const groups = groupBy(boards, (board) => keyOf(board.kind, board.vendor, modelOf(board)))
  const whole = boards.reduce((sum, { joules }) => sum + joules, 0)
  return [...groups.values()]
    .map((group) => modelRow(group, { evidence, whole, model: modelOf(group[0]) }))
    .sort((a, b) => (b.energy_joules ?? -1) - (a.energy_joules ?? -1))
}

const boardKey = ({ cluster, key }: { readonly cluster: string; readonly key: string }): string =>
  keyOf(cluster, key)

interface ModelContext {
  readonly evidence: WholeEvidence
  readonly whole: number
  readonly model: string | null
}

function modelRow(
  group: readonly [BoardTally, ...BoardTally[]],
  { evidence, whole, model }: ModelContext,
): ModelRow {
  const [{ kind, vendor }] = group
  const joules = group.reduce((sum, one) => sum + one.joules, 0)
  const seconds = group.reduce((sum, one) => sum + one.seconds, 0)
  const metered = group.filter((one) => one.seconds > 0).length
  const figures = energyFigures({ joules, seconds }, whole)
  const mean = figures.mean_power_watts
  return {
    kind,
    vendor,
    model,
    boards: group.length,
    ...figures,
    mean_power_watts: mean === null ? null : mean * metered,
    board_power_watts: mean,
    utilization_percent: utilizationOf(evidence, group),
    uses: usesOf(group.flatMap((board) => evidence.uses.boards.get(boardKey(board)) ?? [])),
  }
}

function utilizationOf({ loads }: WholeEvidence, group: readonly BoardTally[]): number | null {
  const tallies = group.flatMap((board) => loads[board.kind].boards.get(boardKey(board)) ?? [])
  return meanOf({
    weighted: tallies.reduce((sum, one) => sum + one.weighted, 0),
    seconds: tallies.reduce((sum, one) => sum + one.seconds, 0),
  })
}

function idleBoards(evidence: WholeEvidence): readonly IdleBoardRow[] {
  return [...evidence.uses.boards.values()]
    .filter(({ uses }) => uses.allocated_idle.seconds > 0)
    .sort(byWaste)
    .slice(0, MOST_IDLE)
    .map((tally) => idleBoardRow(tally, evidence))
}

function byWaste(a: BoardUseTally, b: BoardUseTally): number {
  const [one, other] = [a.uses.allocated_idle, b.uses.allocated_idle]
  return firstOf(
    other.joules - one.joules,
    other.seconds - one.seconds,
    compareText(boardKey(a), boardKey(b)),
  )
}

const NOBODY = { namespace: null, workload: null } as const

function idleBoardRow(tally: BoardUseTally, { power, models }: WholeEvidence): IdleBoardRow {
  const { seconds, joules, isMetered } = tally.uses.allocated_idle
  const [holder] = [...tally.holders.values()].sort((a, b) => b.seconds - a.seconds)
  return {
    cluster: tally.cluster,
    node: power.boards.get(boardKey(tally))?.node ?? null,
    device: tally.key,
    model: models.get(boardKey(tally)) ?? null,
    ...(holder === undefined ? NOBODY : { namespace: holder.namespace, workload: holder.workload }),
    idle_hours: seconds / 3600,
    energy_joules: isMetered ? joules : null,
  }
}
