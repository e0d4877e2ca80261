/** How often a classifier is right that says so much: points of a line that never falls. */
export type Calibration = readonly (readonly [said: number, right: number])[]

/**
 * What the certainty of a classifier is worth, by rows that it had not seen. Neighbours that contradict the order are
 * put together (pool adjacent violators), so that who is surer is never right less often.
 */
export function calibrationOf(
  judged: readonly { readonly said: number; readonly right: boolean }[],
): Calibration {
  const pools: Pool[] = []
  for (const { said, right } of [...judged].sort((a, b) => a.said - b.said)) {
    pools.push({ said, right: right ? 1 : 0, rows: 1 })
    while (isOutOfOrder(pools)) mergeLast(pools)
  }
  return pools.map(({ said, right, rows }) => [said / rows, smoothed(right, rows)] as const)
}

interface Pool {
  readonly said: number
  readonly right: number
  readonly rows: number
}

function isOutOfOrder(pools: readonly Pool[]): boolean {
  const [before, last] = pools.slice(-2)
  return before !== undefined && last !== undefined && rateOf(before) >= rateOf(last)
}

const rateOf = ({ right, rows }: Pool): number => right / rows

function mergeLast(pools: Pool[]): void {
  const [before, last] = pools.splice(-2)
  if (before === undefined || last === undefined) return
  pools.push({
    said: before.said + last.said,
    right: before.right + last.right,
    rows: before.rows + last.rows,
  })
}

/** Few rows prove no certainty (P. S. Laplace's rule of succession). */
const smoothed = (right: number, rows: number): number => (right + 1) / (rows + 2)

/** How likely it is that a classifier that says so much is right. */
export function calibrated(calibration: Calibration, said: number): number {
  const above = calibration.findIndex(([point]) => point >= said)
  const [high, low] = [calibration[above] ?? calibration.at(-1), calibration[above - 1]]
  if (high === undefined) return said
  if (low === undefined || above < 0) return high[1]
  const place = high[0] > low[0] ? (said - low[0]) / (high[0] - low[0]) : 1
  return low[1] + (high[1] - low[1]) * place
}
