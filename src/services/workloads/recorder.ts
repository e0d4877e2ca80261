import type { Portion, ResourceType } from '../../analysis/power/figures.ts'
import { keyOf } from '../../analysis/power/group.ts'
import { wholeWorkload, workloadKey } from '../../analysis/power/shares.ts'
import type { Workload } from '../../analysis/power/input.ts'
import { accounted } from './power-now.ts'
import type { Moment } from '../fleet/index.ts'

export type Points = readonly (number | null)[]

/** The watts of one workload at every step of a window, in all and by component. */
export interface RecordedPower {
  readonly cluster: string
  readonly workload: Workload
  /** The last node it was seen on. */
  readonly node: string | null
  readonly containers: readonly string[]
  readonly sources: readonly string[]
  /** The boards it held some or all of, by their keys. */
  readonly boards: readonly string[]
  readonly watts: Points
  readonly parts: Readonly<Record<ResourceType, Points>>
  /** How busy its boards were in the mean, 0–100. */
  readonly accelerator_percent: Points
}

type Accounted = ReturnType<typeof accounted>

/** Writes down who uses the watts of moments that come in order. */
export interface Recorder {
  /** Writes a moment down and gives its account. */
  add(moment: Moment): Accounted
  records(): readonly RecordedPower[]
}

const COLUMNS = ['cpu', 'dram', 'gpu', 'npu', 'other', 'busy', 'boards'] as const
type Column = (typeof COLUMNS)[number]

interface Draft {
  readonly cluster: string
  readonly workload: Workload
  node: string | null
  readonly containers: Set<string>
  readonly sources: Set<string>
  readonly boards: Set<string>
  readonly columns: Readonly<Record<Column, Float64Array>>
}

/** A recorder of so many moments. */
export function createRecorder(moments: number): Recorder {
  const drafts = new Map<string, Draft>()
  let step = 0
  return {
    add(moment) {
      const busy = new Map(
        moment.loads.map(({ cluster, key, utilization_percent: percent }) => [
          keyOf(cluster, key),
          percent,
        ]),
      )
      const account = accounted(moment, true)
      for (const portion of account.portions) note(portion, { drafts, moments, step, busy })
      step += 1
      return account
    },
    records: () => [...drafts.values()].map(recordOf),
  }
}

interface Page {
  readonly drafts: Map<string, Draft>
  readonly moments: number
  readonly step: number
  readonly busy: ReadonlyMap<string, number>
}

function note(portion: Portion, page: Page): void {
  const { workload, cluster, resource_type: type, board } = portion
  if (workload === null) return
  const draft = draftOf(portion, workload, page)
  add(draft.columns[type], page.step, portion.power_watts)
  draft.node = portion.node ?? draft.node
  for (const source of portion.sources) draft.sources.add(source)
  if (workload.kind === 'pod' && workload.container !== null)
    draft.containers.add(workload.container)
  if (board === null) return
  draft.boards.add(board)
  const percent = page.busy.get(keyOf(cluster, board))
  if (percent === undefined) return
  add(draft.columns.busy, page.step, percent)
  add(draft.columns.boards, page.step, 1)
}

function draftOf({ cluster }: Portion, workload: Workload, page: Page): Draft {
  const whole = wholeWorkload(workload)
  const key = keyOf(cluster, workloadKey(whole))
  const known = page.drafts.get(key)
  if (known !== undefined) return known
  const columns = COLUMNS.map((name) => [name, new Float64Array(page.moments).fill(Number.NaN)])
  const draft: Draft = {
    cluster,
    workload: whole,
    node: null,
    containers: new Set(),
    sources: new Set(),
    boards: new Set(),
    // Each of the columns is there once.
    columns: Object.fromEntries(columns) as Record<Column, Float64Array>,
  }
  page.drafts.set(key, draft)
  return draft
}

function add(column: Float64Array, step: number, more: number): void {
  const before = column[step] ?? Number.NaN
  column[step] = Number.isNaN(before) ? more : before + more
}

const TYPES = ['cpu', 'dram', 'gpu', 'npu', 'other'] as const

function recordOf({ columns, containers, sources, boards, ...draft }: Draft): RecordedPower {
  const parts = TYPES.map((type) => [type, pointsOf(columns[type])] as const)
  return {
    ...draft,
    containers: [...containers].sort(),
    sources: [...sources].sort(),
    boards: [...boards].sort(),
    watts: pointsOf(totalOf(columns)),
    parts: Object.fromEntries(parts) as Record<ResourceType, Points>,
    accelerator_percent: pointsOf(
      columns.busy.map((sum, step) => sum / (columns.boards[step] ?? Number.NaN)),
    ),
  }
}

function totalOf(columns: Draft['columns']): Float64Array {
  return columns.cpu.map((_, step) => {
    const known = TYPES.map((type) => columns[type][step] ?? Number.NaN).filter(
      (watts) => !Number.isNaN(watts),
    )
    return known.length === 0 ? Number.NaN : known.reduce((sum, watts) => sum + watts, 0)
  })
}

/** Without the first point, whose values belong to the time before the window. */
const pointsOf = (column: Float64Array): Points =>
  [...column.subarray(1)].map((value) => (Number.isNaN(value) ? null : value))
