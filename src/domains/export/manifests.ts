import { scopeKey, type Principal } from '../../kernel/principal.ts'
import type { Manifest, ManifestHead } from '../../services/formats/index.ts'

/** What became of a file that was sent. */
export interface Sent {
  readonly owner: string
  readonly head: ManifestHead
  /** `running` as long as rows are on their way. */
  readonly state: 'running' | 'done' | 'failed'
  /** Of a whole file. */
  readonly manifest: Manifest | null
  readonly bytes: number | null
  readonly sha256: string | null
}

/** The manifests of the files that were sent lately. */
export interface Manifests {
  put(id: string, sent: Sent): void
  /** Undefined for what is not known, or belongs to somebody else. */
  get(id: string, owner: string): Sent | undefined
}

/** Who may have the manifest of a file: whoever asked for it, as long as they see the same. */
export const ownerOf = ({ name, scope }: Principal): string => `${name} ${scopeKey(scope)}`

const MOST_KEPT = 1000

/** Keeps the latest. */
export function createManifests(): Manifests {
  const kept = new Map<string, Sent>()
  return {
    put(id, sent) {
      kept.set(id, sent)
      const [oldest] = kept.keys()
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
    },
    get(id, owner) {
      const sent = kept.get(id)
      return sent?.owner === owner ? sent : undefined
    },
  }
}
