import { z } from 'zod'
import type { KubernetesAccess } from './services/scaling/index.ts'
import { jsonSetting } from './config-json.ts'

const IN_CLUSTER = 'in-cluster'
const path = z.string().min(1)
const entries = z.record(
  z.string().min(1),
  z.union([path, z.strictObject({ kubeconfig: path, context: z.string().min(1).optional() })]),
)

/** How the Kubernetes of clusters is reached, as JSON: `{"seoul":"/etc/kubeconfig"}`. */
export const kubernetesClusters: z.ZodType<
  ReadonlyMap<string, KubernetesAccess>,
  string
> = jsonSetting(
  entries,
  'must be JSON: {"seoul":"/etc/seoul.kubeconfig","busan":{"kubeconfig":"/etc/all","context":"busan"},"here":"in-cluster"}',
  (read) => new Map(Object.entries(read).map(([name, entry]) => [name, accessOf(entry)])),
)

function accessOf(entry: z.output<typeof entries>[string]): KubernetesAccess {
  if (typeof entry !== 'string')
    return { kind: 'kubeconfig', path: entry.kubeconfig, context: entry.context ?? null }
  if (entry === IN_CLUSTER) return { kind: 'in_cluster' }
  return { kind: 'kubeconfig', path: entry, context: null }
}
