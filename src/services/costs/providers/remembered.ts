import type { IntensityValue } from '../../../analysis/cost/intensity.ts'
import type { Now } from '../../../kernel/clock.ts'
import { createPages, type Page } from './pages.ts'
import type { IntensityProvider, Span } from './provider.ts'

/** The intensities of a zone over a time, and what of it could not be had. */
export interface Remembered {
  readonly values: readonly IntensityValue[]
  /** Null when everything was answered. */
  readonly problem: string | null
}

export type Memory = (zone: string, span: Span) => Promise<Remembered>

const DAY = 86_400
const HOUR = 3600
/** Days before that are final: until then estimates may be replaced by what was measured. */
const SETTLED_AFTER = 3 * DAY
const FRESH_SECONDS = 900
/** The newest hours are not published yet: they are in what is to come. */
const PUBLISHED_AFTER = 3 * HOUR
const AT_ONCE = 4

/** What a provider said, by zone and UTC day: each is asked for again only as long as it can change. */
export function remember(provider: IntensityProvider, timeoutSeconds: number, now: Now): Memory {
  const clock = (): number => now().getTime() / 1000
  const pages = createPages(clock)
  // A question is shared by all who wait for it, so none of their signals may end it.
  const bound = (): AbortSignal => AbortSignal.timeout(timeoutSeconds * 1000)
  const day = (zone: string, from: number): Promise<Page> =>
    pages.read(`${zone} ${from}`, async () => ({
      values: await provider.history(zone, { from, until: from + DAY }, bound()),
      until: clock() - from - DAY > SETTLED_AFTER ? Infinity : clock() + FRESH_SECONDS,
    }))
  const toCome = (zone: string): Promise<Page> =>
    pages.read(`${zone} to come`, async () => ({
      values: await provider.forecast(zone, bound()),
      until: clock() + FRESH_SECONDS,
    }))
  return async (zone, { from, until }) => {
    const days = daysOf({ from, until: Math.min(until, clock()) })
    const questions = [
      ...days.map((start) => () => day(zone, start)),
      ...(until > clock() - PUBLISHED_AFTER ? [() => toCome(zone)] : []),
    ]
    const read = await someAtOnce(questions)
    return {
      values: read.flatMap(({ values }) => values),
      problem: read.find(({ problem }) => problem !== null)?.problem ?? null,
    }
  }
}

/** The UTC days that a time touches. */
function daysOf({ from, until }: Span): readonly number[] {
  const first = Math.floor(from / DAY) * DAY
  const count = Math.max(0, Math.ceil((until - first) / DAY))
  return Array.from({ length: count }, (_, index) => first + index * DAY)
}

async function someAtOnce<Result>(
  questions: readonly (() => Promise<Result>)[],
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let from = 0; from < questions.length; from += AT_ONCE)
    results.push(...(await Promise.all(questions.slice(from, from + AT_ONCE).map((ask) => ask()))))
  return results
}
