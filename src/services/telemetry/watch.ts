import { ENTITIES } from '../../catalogue/entities.ts'
import { BMC_NAMES, ipmiDcmi } from '../../catalogue/sources/ipmi.ts'
import type { SourceSpec } from '../../catalogue/source.ts'
import type { Warning } from '../../kernel/answer.ts'
import { isBackendError } from '../../kernel/errors.ts'
import type { Labels } from '../../promql/samples.ts'
import { averaged, gauge, keep, max, over, type Vector } from '../../promql/expression.ts'
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
      ...(watched.sources.some(({ name }) => name === ipmiDcmi.name)
        ? [once(`bmcs ${seconds}`, () => silentBmcs(watched))]
        : []),
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

/** What a series of ones was in the mean of the last seconds, or is now. */
const shareOf = (name: string, seconds: number): Vector<'gauge'> =>
  seconds === 0 ? gauge(name) : averaged(over(gauge(name), seconds))

/** What shows that something did not answer, of a share. */
const lacking = (share: Vector<'gauge'>, seconds: number): Vector<'gauge'> =>
  keep(share, '<', seconds === 0 ? 1 : 1 - MISSED_SHARE)

async function silentTargets(watched: Watched): Promise<readonly Doubt[]> {
  const { cluster, at, seconds, signal } = watched
  const query = lacking(shareOf('up', seconds), seconds)
  const { rows } = await cluster.client.instant(query, at, { shelf: 'realtime', signal })
  return TARGET_FAMILIES.flatMap((family) => {
    const own = rows.filter(({ labels }) => familyOf(labels) === family)
    const names = own.map(({ labels }) => targetText(labels))
    return silence(names, { ...watched, things: 'exporter', entities: family.entities })
  })
}

/**
 * A BMC is asked by an exporter, which answers for it that it does not: no collector got anything of it (`ipmi_up` of
 * ipmi_exporter). Answers about BMCs say so themselves; the power of a node would fall to that of its parts.
 */
async function silentBmcs(watched: Watched): Promise<readonly Doubt[]> {
  const { cluster, at, seconds, signal } = watched
  const query = lacking(max(shareOf('ipmi_up', seconds), BMC_NAMES), seconds)
  const { rows } = await cluster.client.instant(query, at, { shelf: 'realtime', signal })
  const names = rows.map(({ labels }) => nameOf(labels))
  return silence(names, { ...watched, things: 'BMC', entities: ['node'] })
}

interface Silent extends Pick<Watched, 'cluster' | 'seconds'>, Pick<Doubt, 'entities'> {
  readonly things: string
}

/** That some do not answer; nothing where there are none. */
function silence(
  silent: readonly string[],
  { cluster, seconds, things, entities }: Silent,
): readonly Doubt[] {
  const names = [...new Set(silent)].sort()
  if (names.length === 0) return []
  const subject = names.length === 1 ? `${things} does` : `${things}s do`
  const when = seconds === 0 ? '' : ` for a part of the last ${seconds} s`
  const detail = `${names.length} ${subject} not answer${when}: ${listed(names)}`
  return [{ entities, warning: { code: 'silent_entities', cluster: cluster.name, detail } }]
}

const nameOf = (labels: Labels): string =>
  BMC_NAMES.map((label) => labels[label]).find((name) => name !== undefined) ?? ''

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
