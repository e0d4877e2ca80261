/**
 * What backends say when a part is missing, and how we say it: their own words may hold addresses of stores
 * and the query itself. Prometheus, VictoriaMetrics (`isPartial`), Thanos, and our own parser.
 */
const KNOWN: readonly (readonly [said: RegExp, detail: string])[] = [
  [/truncated due to limit/i, 'its answer was cut off at a limit'],
  [/remote.?read/i, 'a remote storage that it reads did not answer'],
  [/isPartial|partial|store|block/i, 'a part of its storage did not answer'],
  [/native histograms/i, 'native histograms were left out'],
]
const OTHERWISE = 'it says that its answer is incomplete'

/** One sentence on why an answer is incomplete, for callers. */
export function whatIsMissing(warnings: readonly string[]): string {
  const details = warnings.map(
    (warning) => KNOWN.find(([said]) => said.test(warning))?.[1] ?? OTHERWISE,
  )
  return [...new Set(details)].join('; ')
}
