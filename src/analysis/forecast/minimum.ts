interface Search {
  readonly start: readonly number[]
  /** How far away the first other places are. */
  readonly step: readonly number[]
  /** The function is asked about so often. */
  readonly most: number
}

interface Corner {
  readonly at: readonly number[]
  readonly value: number
}

const CLOSE = 1e-6

/** Where a function of some numbers is least, nearby: the simplex search of Nelder and Mead (1965). */
export function leastOf(
  of: (at: readonly number[]) => number,
  { start, step, most }: Search,
): readonly number[] {
  let asked = 0
  const corner = (at: readonly number[]): Corner => {
    asked += 1
    return { at, value: of(at) }
  }
  let corners = [
    corner(start),
    ...step.map((by, axis) => corner(start.map((x, each) => (each === axis ? x + by : x)))),
  ].sort(byValue)
  while (asked < most && !isClose(corners)) corners = [...next(corners, corner)].sort(byValue)
  return corners[0]?.at ?? start
}

const byValue = (a: Corner, b: Corner): number => a.value - b.value

function isClose(corners: readonly Corner[]): boolean {
  const [best, worst] = [corners[0]?.value ?? 0, corners.at(-1)?.value ?? 0]
  return Math.abs(worst - best) <= CLOSE * Math.abs(best)
}

/** One corner is moved through the middle of the others; where that is no better, all are drawn to the best. */
function next(
  corners: readonly Corner[],
  corner: (at: readonly number[]) => Corner,
): readonly Corner[] {
  const kept = corners.slice(0, -1)
  const [best, worst, second] = [corners[0], corners.at(-1), corners.at(-2)]
  if (best === undefined || worst === undefined || second === undefined) return corners
  const middle = best.at.map(
    (_, axis) => kept.reduce((sum, { at }) => sum + (at[axis] ?? 0), 0) / kept.length,
  )
  const along = (share: number): Corner =>
    corner(middle.map((x, axis) => x + share * (x - (worst.at[axis] ?? 0))))
  const mirrored = along(1)
  if (mirrored.value < second.value)
    return [...kept, mirrored.value < best.value ? lower(along(2), mirrored) : mirrored]
  const inner = along(mirrored.value < worst.value ? 0.5 : -0.5)
  if (inner.value < Math.min(mirrored.value, worst.value)) return [...kept, inner]
  return corners.map((each) =>
    each === best ? best : corner(each.at.map((x, axis) => (x + (best.at[axis] ?? 0)) / 2)),
  )
}

const lower = (a: Corner, b: Corner): Corner => (a.value < b.value ? a : b)
