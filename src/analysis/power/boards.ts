import { byPrecedence } from './components.ts'
import type { BoardPower } from './figures.ts'
import type { Finding } from './findings.ts'
import { compareText, groupBy, keyOf } from './group.ts'
import type { Board } from './input.ts'
import { isWatts, type PowerLimits } from './limits.ts'
import { mergeShares } from './shares.ts'
import { believable, highestKnown } from './sum.ts'

export interface Boards {
  readonly boards: readonly BoardPower[]
  readonly findings: readonly Finding[]
}

/**
 * Each physical board once, with the watts that count: those of the source that takes precedence, the highest of
 * the rows that repeat it. Watts above twice the board's limit, or that no board draws, are left out.
 */
export function boardsOf(rows: readonly Board[], limits: PowerLimits): Boards {
  const groups = [...groupBy(rows, ({ cluster, key }) => keyOf(cluster, key)).values()]
  const boards = groups.map((group) => merge(group, limits))
  const findings = groups.flatMap((group) => findingsOf(group, limits))
  return { boards: splitModules(boards), findings }
}

function merge(rows: readonly [Board, ...Board[]], limits: PowerLimits): BoardPower {
  const ordered = [...rows].sort((a, b) => order(a, b, limits))
  const { watts: _watts, ...best } = ordered[0] ?? rows[0]
  const reading = readingOf(rows, limits)
  return {
    ...best,
    source: reading?.source ?? best.source,
    node: firstKnown(ordered.map((row) => row.node)),
    vendor: firstKnown(ordered.map((row) => row.vendor)),
    module: firstKnown(ordered.map((row) => row.module)),
    limit_watts: limitOf(rows),
    idle_watts: highestKnown(rows.map((row) => believable(row.idle_watts))),
    slices: highestKnown(rows.map((row) => believable(row.slices))),
    includes_cpu: rows.some((row) => row.includes_cpu),
    shares: mergeShares(rows.map((row) => row.shares)),
    power_watts: reading?.watts ?? null,
    basis: 'sensor',
  }
}

const firstKnown = (texts: readonly (string | null)[]): string | null =>
  texts.find((text) => text !== null) ?? null

/** The rows of the first source come first; the rest only makes the order one and the same. */
function order(a: Board, b: Board, limits: PowerLimits): number {
  const bySource = byPrecedence(a.source, b.source, limits)
  if (bySource !== 0) return bySource
  return areAlike(a, b) ? 0 : compareText(textOf(a), textOf(b))
}

/** Nearly all rows of a board are, and texts of tens of thousands take their time. */
const areAlike = (a: Board, b: Board): boolean =>
  a.kind === b.kind && a.node === b.node && a.vendor === b.vendor && a.module === b.module

const textOf = ({ kind, node, vendor, module }: Board): string =>
  keyOf(kind, node ?? '\uffff', vendor, module)

/** A limit of 0 is none: some drivers say so where it cannot be read. */
function limitOf(rows: readonly Board[]): number | null {
  const limits = rows.map((row) => believable(row.limit_watts))
  return highestKnown(limits.map((limit) => (limit === 0 ? null : limit)))
}

function mostOf(rows: readonly Board[], { mostBoardWatts }: PowerLimits): number {
  return Math.min(2 * (limitOf(rows) ?? mostBoardWatts), mostBoardWatts)
}

function readingOf(
  rows: readonly Board[],
  limits: PowerLimits,
): { readonly source: string; readonly watts: number } | null {
  const most = mostOf(rows, limits)
  const believed = rows.flatMap(({ source, watts }) =>
    watts !== null && isWatts(watts, most) ? [{ source, watts }] : [],
  )
  const [best] = believed.sort((a, b) => {
    const bySource = byPrecedence(a.source, b.source, limits)
    return bySource === 0 ? b.watts - a.watts : bySource
  })
  return best ?? null
}

function findingsOf(rows: readonly [Board, ...Board[]], limits: PowerLimits): readonly Finding[] {
  const most = mostOf(rows, limits)
  const { cluster, key } = rows[0]
  return rows
    .filter(({ watts }) => watts !== null && !isWatts(watts, most))
    .map(({ source, watts, kind }) => ({
      code: 'implausible_values',
      cluster,
      detail: `${source} of ${kind} ${key} reads ${watts ?? ''} W, more than ${most} W or no watts`,
      size_watts: null,
    }))
}

/**
 * Dies that share one meter: where one die of a module shows its watts and the others 0, they are the module's,
 * in equal parts. (ml-energy/zeus#203: an MI250 shows all of its watts on the first of its two dies.)
 */
function splitModules(boards: readonly BoardPower[]): readonly BoardPower[] {
  if (boards.every(({ module }) => module === null)) return boards
  const modules = groupBy(boards, (board) =>
    board.module === null
      ? keyOf(board.cluster, null, board.key)
      : keyOf(board.cluster, board.node, `module ${board.module}`),
  )
  return [...modules.values()].flatMap((dies) => (isSplit(dies) ? split(dies) : dies))
}

function isSplit(dies: readonly BoardPower[]): boolean {
  return dies.length > 1 && dies.filter(({ power_watts: watts }) => (watts ?? 0) > 0).length === 1
}

function split(dies: readonly BoardPower[]): readonly BoardPower[] {
  const watts = highestKnown(dies.map((die) => die.power_watts)) ?? 0
  return dies.map((die) => ({ ...die, power_watts: watts / dies.length, basis: 'module_split' }))
}
