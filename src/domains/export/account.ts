import { combine, isComplete, type Answer, type Warning } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { ManifestEnd } from '../../services/formats/index.ts'
import type { Piece } from './dataset.ts'

/** What is known of everything that was read so far. */
export interface Account {
  /** Rejects with `partial_refused` what lacks the part of a cluster, where that is not allowed. */
  add(piece: Piece): void
  end(): Omit<ManifestEnd, 'row_count' | 'rows_sha256'>
}

/** A long window can have a warning of its own in each of its parts: no more of them are kept. */
const MOST_WARNINGS = 200

/** An account of the pieces of one export. */
export function createAccount(partial: 'allow' | 'deny'): Account {
  let known: Pick<Answer<never>, 'clusters' | 'warnings'> = { clusters: [], warnings: [] }
  let [sum, count, least] = [0, 0, Infinity]
  return {
    add(piece) {
      if (partial === 'deny') assertComplete(piece)
      const { clusters, warnings } = combine([known, piece])
      known = { clusters, warnings: warnings.slice(0, MOST_WARNINGS) }
      for (const coverage of piece.coverage) {
        sum += coverage
        count += 1
        least = Math.min(least, coverage)
      }
    },
    end: () => ({
      status: isComplete(known) ? 'complete' : 'partial',
      clusters: known.clusters,
      coverage: count === 0 ? null : { mean: sum / count, least },
      warnings: known.warnings,
    }),
  }
}

/** Rejects what lacks the part of a cluster. */
export function assertComplete(piece: Pick<Answer<never>, 'clusters' | 'warnings'>): void {
  if (isComplete(piece)) return
  const silent = piece.clusters
    .filter(({ status }) => status !== 'ok')
    .map(({ name, status }) => `${name} (${status})`)
  throw new KCloudError('partial_refused', {
    detail: `no complete answer from ${silent.join(', ')}${reasonOf(piece.warnings)}; partial=allow gives what there is`,
  })
}

function reasonOf(warnings: readonly Warning[]): string {
  const [first] = warnings.filter(({ code }) => code.startsWith('cluster_'))
  return first === undefined ? '' : `: ${first.detail}`
}
