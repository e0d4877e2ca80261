import type { z } from 'zod'
import type { Settings } from './config-settings.ts'
import { clusterSpec, clusterSpecs, type ClusterSpec } from './services/prometheus/index.ts'
import { parseJson } from './config-json.ts'

type Given = Pick<Settings, 'prometheusUrl' | 'prometheusClusters'> & {
  readonly prometheusTimeout: number
}
type Complain = (setting: keyof Given, detail: string) => void

/** The clusters of a list and of the single address, which stands for one cluster called `default`. */
export function readClusters(given: Given, complain: Complain): readonly ClusterSpec[] {
  const { prometheusUrl: url, prometheusClusters: list, prometheusTimeout: timeout } = given
  const listed = list === undefined ? [] : readList(list, timeout, complain)
  if (url === undefined || listed.some((cluster) => cluster.url === url)) return listed
  const only = clusterSpec(timeout).safeParse({ name: 'default', url })
  if (!only.success) complain('prometheusUrl', issuesOf(only.error))
  if (listed.some(({ name }) => name === 'default'))
    complain('prometheusUrl', 'is a cluster called default, which PROMETHEUS_CLUSTERS has already')
  return only.success ? [only.data, ...listed] : listed
}

function readList(text: string, timeout: number, complain: Complain): readonly ClusterSpec[] {
  const json = parseJson(text)
  const result = clusterSpecs(timeout).safeParse(json)
  if (json === undefined)
    complain('prometheusClusters', 'must be JSON: [{"name":"cluster1","url":"http://host:9090"}]')
  else if (!result.success) complain('prometheusClusters', issuesOf(result.error))
  return result.data ?? []
}

function issuesOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.map((step) => `${String(step)} `).join('')}${message}`)
    .join('; ')
}
