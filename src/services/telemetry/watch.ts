import { ENTITIES } from '../../catalogue/entities.ts'
import type { SourceSpec } from '../../catalogue/source.ts'
import type { Warning } from '../../kernel/answer.ts'
import { isBackendError } from '../../kernel/errors.ts'
import type { Labels } from '../../promql/samples.ts'
import { averaged, gauge, keep, over } from '../../promql/expression.ts'
import type { Cluster } from '../clusters/index.ts'
import { nonEmpty } from './origins.ts'
import type { Question } from './question.ts'
import { pulseText, stillThings, STILL_SECONDS, type AskOnce } from './still.ts'
import { familyOf } from './target-families.ts'

/** What an answer reads of a cluster, and when. */
export interface Watched {
  readonly cluster: Cluster
  readonly sources: readonly SourceSpec[]
  readonly entity: Question['entity']
  readonly at: Date
  /** How long before that time it reads; 0 for what is so now. */
  readonly seconds: number
  readonly signal?: AbortSignal | undefined
}

/**
 * What figures cannot say of themselves: exporters that do not answer, and those that only repeat what they said
 * before. Each is asked once for an answer, whatever that reads.
 */
export type Watch = (watched: Watched) => Promise<readonly Warning[]>

export function createWatch(): Watch {
  const kept = new WeakMap<AbortSignal, Map<string, Promise<readonly Warning[]>>>()
  return async (watched) => {
    const { signal, cluster, seconds } = watched
    if (signal === undefined) return []
    const ofAnswer = kept.get(signal) ?? new Map<string, Promise<readonly Warning[]>>()
    kept.set(signal, ofAnswer)
    const once = (key: string, look: () => Promise<readonly Warning[]>) => {
      const name = JSON.stringify([cluster.name, watched.at.getTime(), key])
      const known = ofAnswer.get(name) ?? look().catch(nothingToSay)
      ofAnswer.set(name, known)
      return known
    }
    const told = await Promise.all([
      once(`targets ${watched.entity} ${seconds}`, () => silentTargets(watched)),
      ...watched.sources
        .filter(({ pulses }) => pulses !== undefined)
        .map((source) => once(source.name, () => standing(source, watched))),
    ])
    return told.flat()
  }
}

/** A cluster that does not answer fails the answer's own questions too, and is reported by them. */
function nothingToSay(error: unknown): readonly Warning[] {
  if (isBackendError(error)) return []
  throw error
}

/** A target that missed fewer scrapes of a window than this shows in the figures by nothing. */
const MISSED_SHARE = 0.01
const MOST_NAMED = 5

async function silentTargets({
  cluster: { name: cluster, client },
  entity,
  at,
  seconds,
  signal,
}: Watched): Promise<readonly Warning[]> {
  const up = gauge('up')
  const query =
    seconds === 0 ? keep(up, '<', 1) : keep(averaged(over(up, seconds)), '<', 1 - MISSED_SHARE)
  const { rows } = await client.instant(query, at, { shelf: 'realtime', signal })
  const named = rows.flatMap(({ labels }) => {
    const family = familyOf(labels)
    return family?.entities.includes(entity) === true ? [targetText(labels)] : []
  })
  if (named.length === 0) return []
  const some = [...new Set(named)].sort()
  const verb = seconds === 0 ? 'not answer' : `not answer for a part of the last ${seconds} s`
  return [
    {
      code: 'silent_entities',
      cluster,
      detail: `${some.length} ${some.length === 1 ? 'exporter does' : 'exporters do'} ${verb}: ${listed(some)}`,
    },
  ]
}

const targetText = ({ job = '', instance = '' }: Labels): string => `${job} at ${instance}`

const listed = (names: readonly string[]): string =>
  `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`

async function standing(
  source: SourceSpec,
  { cluster, at, signal }: Watched,
): Promise<readonly Warning[]> {
  const ask: AskOnce = async (query) =>
    (await cluster.client.instant(query, at, { shelf: 'summary', signal })).rows
  const labels = nonEmpty([
    ...new Set([...ENTITIES[source.entity].identity[0], ...placeOf(source)]),
  ])
  const question = { entity: source.entity, labels }
  const found = await Promise.all(
    (source.pulses ?? []).map(async (pulse) => ({
      pulse,
      names: await stillThings(source, pulse, { question, ask }),
    })),
  )
  return found.flatMap(({ pulse, names }) =>
    names.length === 0
      ? []
      : [
          {
            code: 'stale_data' as const,
            cluster: cluster.name,
            detail: `${source.name} has repeated the same values for ${STILL_SECONDS} s on ${listed([...new Set(names)].sort())}: ${pulseText(pulse)}`,
          },
        ],
  )
}

const placeOf = ({ labels }: SourceSpec): readonly ('node' | 'bmc')[] =>
  (['node', 'bmc'] as const).filter((label) => labels[label] !== undefined)
