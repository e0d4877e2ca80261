import type { ForeignRequest } from '../../http/foreign.ts'
import { isComplete, type Answer } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type {
  Canonical,
  QueryAnswer,
  QueryTimes,
  ReadAsked,
} from '../../services/canonical/index.ts'
import type { ClusterRegistry, ClusterSpec } from '../../services/clusters/index.ts'
import type { CallParameters, QueryData } from './schemas.ts'
import { instantOf, limitOf, rangeOf, required, windowOf } from './times.ts'

export interface Needs {
  readonly canonical: Canonical
  readonly registry: Pick<ClusterRegistry<ClusterSpec>, 'all'>
}

/** One call: what it takes, wherever it stood in the request. */
export interface Call extends Pick<ForeignRequest<unknown, unknown>, 'at' | 'signal'> {
  readonly parameters: CallParameters
}

type Account = Pick<Answer<never>, 'clusters' | 'warnings'>

/** The answer to a query at one time. */
export async function instantQuery(needs: Needs, call: Call) {
  const times = instantOf(call.parameters, call.at('none'))
  const answer = await ask(needs, call, times)
  const { type, series } = answer
  const data: QueryData =
    type === 'scalar'
      ? { resultType: 'scalar', result: pointOf(series[0]) }
      : {
          resultType: 'vector',
          result: limited(series, call).map((each) => ({
            metric: { ...each.labels },
            value: pointOf(each),
          })),
        }
  return told(call, { ...answer, data, of: series.length })
}

/** The answer to a query at many times. */
export async function rangeQuery(needs: Needs, call: Call) {
  const answer = await ask(needs, call, rangeOf(call.parameters))
  const { series } = answer
  const result = limited(series, call).map(({ labels, values }) => ({
    metric: { ...labels },
    values: values.map(([seconds, value]): [number, string] => [seconds, value]),
  }))
  const data: QueryData = { resultType: 'matrix', result }
  return told(call, { ...answer, data, of: series.length })
}

function pointOf(series: QueryAnswer['series'][number] | undefined): [number, string] {
  const [seconds = 0, value = 'NaN'] = series?.values[0] ?? []
  return [seconds, value]
}

function ask({ canonical, registry }: Needs, call: Call, times: QueryTimes): Promise<QueryAnswer> {
  const { parameters } = call
  if (parameters.lookback_delta !== undefined && parameters.lookback_delta !== '')
    throw new KCloudError('invalid_request', {
      detail: 'invalid parameter "lookback_delta": a sample holds here until the next is due',
    })
  return canonical.query(required(parameters, 'query'), times, readAsked(registry, call))
}

function readAsked(registry: Needs['registry'], { at, signal }: Call): ReadAsked {
  const all = registry.all()
  const whole = all.filter(({ namespaces }) => namespaces === undefined)
  const clusters = all.map(({ name }) => name)
  return {
    clusters,
    whole: whole.map(({ name }) => name),
    at: at('summary'),
    now: at('none'),
    signal,
  }
}

/** The series that some selectors take. */
export async function findSeries({ canonical, registry }: Needs, call: Call) {
  const selectors = selectorsIn(call.parameters)
  if (selectors.length === 0)
    throw new KCloudError('invalid_request', { detail: 'no match[] parameter provided' })
  const window = windowOf(call.parameters, call.at('none'))
  const found = await canonical.series(selectors, window, readAsked(registry, call))
  const data = limited(found.series, call).map((labels) => ({ ...labels }))
  return told(call, { ...found, data, of: found.series.length })
}

/** The labels that series can have. */
export function labelNames({ canonical }: Needs, call: Call) {
  const names = canonical.labels(selectorsIn(call.parameters))
  const data = [...limited(names, call)]
  return told(call, { clusters: [], warnings: [], data, of: names.length })
}

/** The values of a label. */
export async function labelValues({ canonical, registry }: Needs, call: Call, label: string) {
  const window = windowOf(call.parameters, call.at('none'))
  const selectors = selectorsIn(call.parameters)
  const found = await canonical.values(label, { selectors, window }, readAsked(registry, call))
  const data = [...limited(found.values, call)]
  return told(call, { ...found, data, of: found.values.length })
}

/** What is known of the metrics. */
export function metadata({ canonical }: Needs, call: Call) {
  const { metric = '' } = call.parameters
  const wanted = canonical.metadata.filter(({ name }) => metric === '' || name === metric)
  const rows = limited(wanted, call).map(
    ({ name, type, help, unit }) => [name, [{ type, help, unit }]] as const,
  )
  return { data: { status: 'success' as const, data: Object.fromEntries(rows) }, clusters: [] }
}

function selectorsIn({ 'match[]': texts = [] }: CallParameters): readonly string[] {
  return typeof texts === 'string' ? [texts] : texts
}

const limited = <Row>(rows: readonly Row[], { parameters }: Call): readonly Row[] =>
  rows.slice(0, limitOf(parameters))

interface Telling<Data> extends Account {
  readonly data: Data
  /** How many there are before the limit. */
  readonly of: number
  readonly infos?: readonly string[]
}

/** An answer with what is missing from it. */
function told<Data>(call: Call, { data, of, clusters, warnings, infos = [] }: Telling<Data>) {
  if (call.parameters.partial === 'deny' && !isComplete({ clusters })) throw refused(clusters)
  const limit = limitOf(call.parameters)
  const texts = [
    ...warnings.map(({ cluster, detail }) =>
      cluster === undefined ? detail : `${cluster}: ${detail}`,
    ),
    ...(limit !== undefined && of > limit ? ['results truncated due to limit'] : []),
  ]
  return {
    data: {
      status: 'success' as const,
      data,
      ...(texts.length > 0 && { warnings: texts }),
      ...(infos.length > 0 && { infos: [...infos] }),
    },
    clusters,
  }
}

function refused(clusters: Account['clusters']): KCloudError {
  const silent = clusters.filter(({ status }) => status !== 'ok').map(({ name }) => name)
  return new KCloudError('partial_refused', {
    detail: `no complete answer from ${silent.join(', ')}`,
  })
}
