import type { IntensityValue } from '../../../analysis/cost/intensity.ts'
import { ProviderError } from './provider.ts'

/** What a provider said to one question. */
export interface Page {
  readonly values: readonly IntensityValue[]
  /** Until when it need not be asked again, in unix seconds. */
  readonly until: number
  /** Why it said nothing this time; the values are then those of before. */
  readonly problem: string | null
}

type Answered = Omit<Page, 'problem'>

export interface Pages {
  /** The page of a key: the one that is known, one that is on its way, or the answer to `ask`. */
  read(key: string, ask: () => Promise<Answered>): Promise<Page>
}

/** After a failure the provider is left in peace for so long. */
const RETRY_SECONDS = 30
/** Ten years of a zone. */
const MOST_PAGES = 4000

/** Pages by their keys; `clock` gives unix seconds. */
export function createPages(clock: () => number): Pages {
  const known = new Map<string, Page>()
  const flights = new Map<string, Promise<Page>>()
  const keep = (key: string, page: Page): Page => {
    known.delete(key)
    known.set(key, page)
    const [oldest] = known.keys()
    if (known.size > MOST_PAGES && oldest !== undefined) known.delete(oldest)
    return page
  }
  const fetched = async (key: string, ask: () => Promise<Answered>): Promise<Page> => {
    try {
      return keep(key, { ...(await ask()), problem: null })
    } catch (error) {
      const problem = problemOf(error)
      const values = known.get(key)?.values ?? []
      return keep(key, { values, until: clock() + RETRY_SECONDS, problem })
    }
  }
  return {
    read(key, ask) {
      const page = known.get(key)
      if (page !== undefined && page.until > clock()) return Promise.resolve(page)
      const flight = flights.get(key) ?? fetched(key, ask).finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ProviderError) return error.message
  if (error instanceof Error && error.name === 'TimeoutError') return 'does not answer in time'
  throw error
}
