import { ENTITIES, type Label } from './catalogue/entities.ts'
import type { SourceSpec } from './catalogue/source.ts'

/** A place in a definition, and what cannot be there. */
export interface Contradiction {
  readonly path: readonly string[]
  readonly message: string
}

/** What no field of a source says by itself. */
export function contradictions(source: SourceSpec): readonly Contradiction[] {
  return [...unreadPresence(source), ...unlabelledIdentity(source), ...sameThings(source)]
}

const unreadPresence = ({ presence, measures }: SourceSpec): readonly Contradiction[] =>
  presence
    .filter((measure) => measures[measure] === undefined)
    .map((measure) => ({ path: ['presence'], message: `${measure} is not among its measures` }))

const unlabelledIdentity = (source: SourceSpec): readonly Contradiction[] =>
  (source.identity ?? [])
    .filter((label) => !labelsOf(source).includes(label))
    .map((label) => ({ path: ['identity'], message: `${label} is not among its labels` }))

function sameThings(source: SourceSpec): readonly Contradiction[] {
  const { title, identity } = ENTITIES[source.entity]
  const sets: readonly (readonly Label[])[] = identity
  const has = labelsOf(source)
  if (sets.some((set) => set.every((label) => has.includes(label)))) return []
  const needed = sets.map((set) => set.join(' and ')).join(', or ')
  return [{ path: ['labels'], message: `must tell one ${title} from another, by ${needed}` }]
}

const labelsOf = ({ labels, says = {}, owners }: SourceSpec): readonly Label[] => [
  ...(Object.keys(labels) as Label[]),
  ...(Object.keys(says) as Label[]),
  ...(owners === undefined ? [] : (['namespace', 'pod', 'container'] as const)),
]
