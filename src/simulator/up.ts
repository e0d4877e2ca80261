import { WHOLE } from './numbers.ts'
import type { Observation } from './observation.ts'
import { ALWAYS, type Line, type Metric } from './series.ts'

/** The series that Prometheus writes itself: whether a scrape of the target succeeded. */
export const UP: Metric = {
  name: 'up',
  help: 'Whether the target was scraped.',
  type: 'gauge',
  form: WHOLE,
}

/** The `up` of a target. */
export function upLine({ scrapeAt }: Observation): Line {
  return {
    ...ALWAYS,
    metric: UP,
    labels: [],
    at: (seconds) => (scrapeAt(seconds) === 'failed' ? 0 : 1),
  }
}

/** The value of a line in the sample of a scrape; undefined when the scrape gave none. */
export function sampleAt(
  { scrapeAt, read }: Observation,
  line: Line,
  seconds: number,
): number | undefined {
  return line.metric === UP || scrapeAt(seconds) === 'answered' ? read(line, seconds) : undefined
}
