import { ENTITIES } from '../../catalogue/entities.ts'
import type { SourceSpec } from '../../catalogue/source.ts'
import type { Warning } from '../../kernel/answer.ts'
import { isBackendError } from '../../kernel/errors.ts'
import type { Labels } from '../../promql/samples.ts'
import { averaged, firstOf, gauge, keep, max, over, type Vector } from '../../promql/expression.ts'
import type { Cluster } from '../clusters/index.ts'
import { nonEmpty } from './origins.ts'
import type { Question } from './question.ts'
import { pulseText, stillThings, STILL_SECONDS, type AskOnce } from './still.ts'
import { familyOf, TARGET_FAMILIES } from './target-families.ts'

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
  const kept = new WeakMap<AbortSignal, Map<string, Promise<readonly Doubt[]>>>()
  return async (watched) => {
    const { signal, cluster, seconds, entity } = watched
    if (signal === undefined) return []
    const ofAnswer = kept.get(signal) ?? new Map<string, Promise<readonly Doubt[]>>()
    kept.set(signal, ofAnswer)
    const once = (key: string, look: () => Promise<readonly Doubt[]>) => {
      const name = JSON.stringify([cluster.name, watched.at.getTime(), key])
      const known = ofAnswer.get(name) ?? look().catch(nothingToSay)
      ofAnswer.set(name, known)
      return known
    }
    const told = await Promise.all([
      once(`targets ${seconds}`, () => silentTargets(watched)),
      ...watched.sources
        .filter(({ pulses }) => pulses !== undefined)
        .map((source) => once(source.name, () => standing(source, watched))),
    ])
    return told
      .flat()
      .filter(({ entities }) => entities.includes(entity))
      .map(({ warning }) => warning)
  }
}

/** What is told of a cluster, and to answers about what. */
interface Doubt {
  readonly warning: Warning
  readonly entities: readonly Question['entity'][]
}

/** A cluster that does not answer fails the answer's own questions too, and is reported by them. */
function nothingToSay(error: unknown): readonly Doubt[] {
  if (isBackendError(error)) return []
  throw error
}

/** A target that missed fewer scrapes of a window than this shows in the figures by nothing. */
const MISSED_SHARE = 0.01
const MOST_NAMED = 5

/**
 * What did not answer. A BMC is asked by an exporter, which answers for it that it does not: a BMC of which no
 * collector got anything (`ipmi_up` of ipmi_exporter).
 */
function silence(seconds: number): Vector<'gauge'> {
  const least = seconds === 0 ? 1 : 1 - MISSED_SHARE
  const share = (name: string) =>
    seconds === 0 ? gauge(name) : averaged(over(gauge(name), seconds))
  return firstOf([
    keep(share('up'), '<', least),
    keep(max(share('ipmi_up'), ['job', 'instance']), '<', least),
  ])
}

async function silentTargets({
  cluster: { name: cluster, client },
  at,
  seconds,
  signal,
}: Watched): Promise<readonly Doubt[]> {
  const { rows } = await client.instant(silence(seconds), at, { shelf: 'realtime', signal })
  const verb = seconds === 0 ? 'not answer' : `not answer for a part of the last ${seconds} s`
  return TARGET_FAMILIES.flatMap((family) => {
    const own = rows.filter(({ labels }) => familyOf(labels) === family)
    if (own.length === 0) return []
    const names = [...new Set(own.map(({ labels }) => targetText(labels)))].sort()
    const subject = names.length === 1 ? 'exporter does' : 'exporters do'
    const detail = `${names.length} ${subject} ${verb}: ${listed(names)}`
    const warning = { code: 'silent_entities' as const, cluster, detail }
    return [{ entities: family.entities, warning }]
  })
}

const targetText = ({ job = '', instance = '' }: Labels): string => `${job} at ${instance}`

const listed = (names: readonly string[]): string =>
  `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`

async function standing(
  source: SourceSpec,
  { cluster, at, signal }: Watched,
): Promise<readonly Doubt[]> {
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
  return found
    .filter(({ names }) => names.length > 0)
    .map(({ pulse, names }) => {
      const some = listed([...new Set(names)].sort())
      const detail = `${source.name} has repeated the same values for ${STILL_SECONDS} s on ${some}: ${pulseText(pulse)}`
      const warning = { code: 'stale_data' as const, cluster: cluster.name, detail }
      return { warning, entities: [source.entity] }
    })
}

const placeOf = ({ labels }: SourceSpec): readonly ('node' | 'bmc')[] =>
  (['node', 'bmc'] as const).filter((label) => labels[label] !== undefined)
