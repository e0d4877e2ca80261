import type { Node } from '../datacentre.ts'
import {
  answeredRequests,
  generatedTokens,
  promptedTokens,
  runningRequests,
  servingLanes,
} from '../inference.ts'
import { busyAt, type Lane } from '../lane.ts'
import { shortest, WHOLE } from '../numbers.ts'
import { podsWithin, type LabelPair, type Pod } from '../pods.ts'
import type { Ask, Line, Metric, Source } from '../series.ts'
import type { Span } from '../spans.ts'

const metric = (name: string, help: string, form = WHOLE): Metric => ({
  name: `vllm:${name}`,
  help,
  type: name.endsWith('_total') ? 'counter' : 'gauge',
  form,
})

interface Figure {
  readonly metric: Metric
  readonly labels: readonly LabelPair[]
  readonly at: (lane: Lane, since: Span) => number
}

const FIGURES: readonly Figure[] = [
  {
    metric: metric('num_requests_running', 'Number of requests in model execution batches.'),
    labels: [],
    at: (lane, { until }) => runningRequests(lane, until),
  },
  {
    metric: metric('num_requests_waiting', 'Number of requests waiting to be processed.'),
    labels: [],
    at: (lane, { until }) => Math.max(0, runningRequests(lane, until) - 56),
  },
  {
    metric: metric(
      'kv_cache_usage_perc',
      'KV-cache usage. 1 means 100 percent usage.',
      shortest(6),
    ),
    labels: [],
    at: (lane, { until }) => 0.9 * busyAt(lane, until),
  },
  {
    metric: metric('prompt_tokens_total', 'Number of prefill tokens processed.'),
    labels: [],
    at: promptedTokens,
  },
  {
    metric: metric('generation_tokens_total', 'Number of generation tokens processed.'),
    labels: [],
    at: generatedTokens,
  },
  {
    metric: metric('request_success_total', 'Count of successfully processed requests.'),
    labels: [['finished_reason', 'stop']],
    at: answeredRequests,
  },
]

/**
 * The vLLM servers of a node: each is a pod, which Prometheus finds and scrapes by itself. Here one target a node
 * stands for them, and its series carry the labels of the pods' own targets.
 */
export const vllm: Source = {
  name: 'vllm',
  metrics: FIGURES.map((figure) => figure.metric),
  nodes: ({ nodes }) => nodes.filter((node) => servingLanes(node).length > 0),
  lines({ node }, ask) {
    if (node === undefined) return []
    const wanted = FIGURES.filter((figure) => ask.wants(figure.metric.name))
    return wanted.length === 0 ? [] : serverLines(node, wanted, ask)
  },
}

function serverLines(node: Node, figures: readonly Figure[], ask: Ask): readonly Line[] {
  return servingLanes(node).flatMap((lane, order) =>
    podsWithin(lane, ask).flatMap((pod) => {
      const labels = labelsOf(pod, `${node.podNetwork}.${20 + order}:8000`)
      return figures.map((figure): Line => ({
        from: pod.from,
        until: pod.until,
        metric: figure.metric,
        labels: [...figure.labels, ...labels],
        at: (seconds) => figure.at(lane, { from: pod.from, until: seconds }),
      }))
    }),
  )
}

const labelsOf = (pod: Pod, instance: string): readonly LabelPair[] => [
  ['engine', '0'],
  ['model_name', modelOf(pod)],
  ['namespace', pod.namespace],
  ['pod', pod.name],
  ['container', pod.container],
  ['instance', instance],
]

const modelOf = ({ labels }: Pod): string =>
  labels.find(([name]) => name === 'label_serving_kserve_io_inferenceservice')?.[1] ?? ''
