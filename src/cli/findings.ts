import type { SourceSpec } from '../catalogue/source.ts'
import type { Warning } from '../kernel/answer.ts'

/** What a source gives in one cluster. */
export interface FoundSource {
  readonly source: string
  readonly title: string
  readonly entity: string
  readonly things: number
  /** Measures that at least one thing has now. */
  readonly measures: readonly string[]
  /** Measures that this source can have and that nothing has. */
  readonly missing: readonly string[]
  readonly caution: string | null
}

/** A name that a source uses for a node and that is no node's. */
export interface LostName {
  readonly source: string
  readonly name: string
  readonly reason: 'unknown' | 'ambiguous' | 'empty'
  readonly candidates: readonly string[]
}

/** What was found in one cluster. */
export interface ClusterFindings {
  readonly cluster: string
  readonly status: string
  readonly version: string | null
  readonly response_time_ms: number | null
  readonly sources: readonly FoundSource[]
  readonly nodes: {
    readonly known: number
    readonly measured: number
    readonly estimated: number
  } | null
  readonly unmatched_names: readonly LostName[]
  readonly warnings: readonly Warning[]
  /** What to do about what is missing, the most important first. */
  readonly advice: readonly string[]
}

type Rule = (found: Omit<ClusterFindings, 'advice'>) => readonly string[]

/** What somebody should do about what was found; nothing where all is well. */
export function adviceOn(found: Omit<ClusterFindings, 'advice'>): readonly string[] {
  const rules = found.status === 'ok' || found.status === 'partial' ? ANSWERED : [unanswered]
  return rules.flatMap((rule) => rule(found))
}

const unanswered: Rule = ({ status }) => [
  (WHY_SILENT[status] ?? 'Look at the address and at the log of the server.') +
    ' Nothing of this cluster is in any figure until it answers.',
]

const WHY_SILENT: Readonly<Record<string, string>> = {
  timeout: 'It did not answer in time: is it up, and is the network slow or closed by a firewall?',
  unreachable: 'Nothing answers at its address: look at the name, the port and the network.',
  unauthorized: 'It refuses the credentials: look at username and password, or bearer_token.',
  rejected: 'It refuses the question: look at the flavour and at the path of the address.',
  invalid: 'What answers there is no Prometheus: look at the address, a proxy may answer instead.',
  too_large: 'Its answer is larger than MAX_ANSWER_BYTES allows.',
  overloaded:
    'It has more to do than it can: raise its --query.max-concurrency, or ask less often.',
}

const has = ({ sources }: Pick<ClusterFindings, 'sources'>, names: readonly string[]): boolean =>
  sources.some(({ source }) => names.some((name) => source.startsWith(name)))

const things = ({ sources }: Pick<ClusterFindings, 'sources'>, entity: string): number =>
  Math.max(0, ...sources.filter((found) => found.entity === entity).map((found) => found.things))

const nothingFound: Rule = ({ sources }) =>
  sources.length > 0
    ? []
    : [
        'No exporter that is known was found: spec/PROMETHEUS_SETUP.md says how each is scraped, docs/how-to/add-a-source.md how another is described.',
      ]

const noKubernetes: Rule = (found) =>
  found.sources.length === 0 || has(found, ['kube_state_metrics'])
    ? []
    : [
        'kube-state-metrics is not scraped: nodes are known only by their own exporters, and pods, owners and requests are unknown.',
      ]

const METERS = ['dcmi', 'redfish', 'psu_input', 'ipmi', 'acpi', 'kepler_platform']

const noMeter: Rule = (found) =>
  found.sources.length === 0 || has(found, METERS)
    ? []
    : [
        'No node has a meter (IPMI DCMI, Redfish, power supplies): its watts are estimates and a lower bound.',
      ]

const unmeasured: Rule = ({ nodes }) => {
  if (nodes === null) return []
  const without = nodes.known - nodes.measured - nodes.estimated
  return without === 0
    ? []
    : [`${without} of ${nodes.known} nodes have no reading of their power, and are in no total.`]
}

const noWorkloadShares: Rule = (found) =>
  things(found, 'pod') === 0 || has(found, ['kepler', 'scaphandre', 'kubelet'])
    ? []
    : [
        'Neither Kepler nor the kubelet is scraped: what pods draw of CPU and memory is in the row "unattributed".',
      ]

const namesLost: Rule = ({ unmatched_names: names }) =>
  names.length === 0
    ? []
    : [
        `${names.length} names are no node's: bring them together with BMC_NODES (a BMC to its node) or NODE_REWRITES (a text at the start or the end of a name).`,
      ]

const missingMeasures: Rule = ({ sources }) =>
  sources.flatMap(({ source, missing, things: count }) =>
    missing.includes('power_watts') && count > 0
      ? [`${source} says nothing of power here: is that metric switched off at the exporter?`]
      : [],
  )

const ANSWERED: readonly Rule[] = [
  nothingFound,
  noKubernetes,
  noMeter,
  unmeasured,
  namesLost,
  missingMeasures,
  noWorkloadShares,
]

/** A source with what it can have and does not. */
export function foundSource(
  { name, title, entity, measures, caution }: SourceSpec,
  { things: count, present }: { readonly things: number; readonly present: ReadonlySet<string> },
): FoundSource {
  const possible = Object.keys(measures)
  return {
    source: name,
    title,
    entity,
    things: count,
    measures: possible.filter((measure) => present.has(measure)),
    missing: possible.filter((measure) => !present.has(measure)),
    caution: caution ?? null,
  }
}
