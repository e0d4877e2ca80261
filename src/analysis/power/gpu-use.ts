import type { BoardPower } from './figures.ts'
import { distinct, keyOf } from './group.ts'
import { meanKnown, sumKnown } from './sum.ts'
import { measuredBoards } from './totals.ts'

/** How busy one board is. */
export interface BoardLoad {
  readonly cluster: string
  readonly key: string
  readonly utilization_percent: number
}

/** Below this share of its time a board is idle: monitoring alone wakes it for a moment. */
export const IDLE_PERCENT = 1

/** The work of GPUs against their watts. Only boards that report both are in what relates them. */
export function gpuUse(boards: readonly BoardPower[], loads: readonly BoardLoad[]) {
  const busy = new Map(
    loads.map((load) => [keyOf(load.cluster, load.key), load.utilization_percent]),
  )
  const gpus = measuredBoards({ boards }).filter(({ kind }) => kind === 'gpu')
  const known = gpus.flatMap((board) => {
    const percent = busy.get(keyOf(board.cluster, board.key))
    return percent === undefined ? [] : [{ watts: board.power_watts ?? 0, percent }]
  })
  const idle = known.filter(({ percent }) => percent < IDLE_PERCENT)
  const utilization = meanKnown(known.map(({ percent }) => percent))
  const watts = meanKnown(known.map((board) => board.watts))
  return {
    boards: gpus.length,
    related_boards: known.length,
    power_watts: sumKnown(gpus.map((board) => board.power_watts)),
    utilization_percent: utilization,
    utilization_percent_per_watt:
      utilization === null || watts === null || watts === 0 ? null : utilization / watts,
    idle_boards: idle.length,
    idle_power_watts: known.length === 0 ? null : (sumKnown(idle.map((one) => one.watts)) ?? 0),
    sources: distinct(gpus.map(({ source }) => source)),
  }
}
