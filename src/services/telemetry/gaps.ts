import type { Warning } from '../../kernel/answer.ts'
import type { ReadingSeries } from './question.ts'

/** Series of one measure of things of one kind. */
interface Rows {
  readonly measure: string
  readonly entity: string
  readonly rows: readonly ReadingSeries[]
}

/**
 * One warning for each cluster in which things that report a measure do not at some of the points: what is added up
 * there lacks them.
 */
export function gapWarnings({ measure, entity, rows }: Rows): readonly Warning[] {
  const missed = new Map<string, { things: number; holes: number[] }>()
  for (const { cluster, values } of rows) {
    const known = missed.get(cluster) ?? { things: 0, holes: [] }
    missed.set(cluster, known)
    known.things += 1
    const holes = values.reduce<number>((count, value) => count + (value === null ? 1 : 0), 0)
    if (holes > 0 && holes < values.length) known.holes.push(holes)
  }
  return [...missed].flatMap(([cluster, { things, holes }]) =>
    holes.length === 0
      ? []
      : [
          {
            code: 'silent_entities' as const,
            cluster,
            detail: `${measure} of ${holes.length} of ${things} series of ${entity} is missing at up to ${holes.reduce((most, each) => Math.max(most, each))} points`,
          },
        ],
  )
}
