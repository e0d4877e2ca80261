import type { Sample } from '../../promql/samples.ts'
import { knownRowReader, type KnownRow } from './known-rows.ts'
import { vectorParser, type BodyParser } from './parse.ts'

/** Below this many rows parsing takes no time that matters. */
const LEAST_ROWS = 200
const MOST_QUERIES = 128
/** Some 300 bytes each, labels included: enough for everything that is asked of 1,000 nodes with 20,000 pods. */
const MOST_ROWS = 600_000

/** Parsers of vectors that know the rows of the last answer to the same query, for the queries of late. */
export function createVectorParsers(): (query: string) => BodyParser<Sample> {
  const kept = new Map<string, readonly KnownRow[]>()
  let count = 0
  const forget = (query: string): void => {
    count -= kept.get(query)?.length ?? 0
    kept.delete(query)
  }
  const keep = (query: string, rows: readonly KnownRow[]): void => {
    forget(query)
    if (rows.length < LEAST_ROWS || rows.length > MOST_ROWS) return
    kept.set(query, rows)
    count += rows.length
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_QUERIES && count <= MOST_ROWS) return
      forget(oldest)
    }
  }
  return (query) => {
    const known = knownRowReader(kept.get(query) ?? [])
    const parser = vectorParser(known)
    return {
      push: (chunk) => parser.push(chunk),
      end() {
        const answer = parser.end()
        keep(query, known.rows())
        return answer
      },
    }
  }
}
