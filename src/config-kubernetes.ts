import { z } from 'zod'
import type { KubernetesAccess } from './services/scaling/index.ts'

const IN_CLUSTER = 'in-cluster'
const path = z.string().min(1)
const entries = z.record(
  z.string().min(1),
  z.union([path, z.strictObject({ kubeconfig: path, context: z.string().min(1).optional() })]),
)

/** How the Kubernetes of clusters is reached, as JSON: `{"seoul":"/etc/kubeconfig"}`. */
export const kubernetesClusters: z.ZodType<ReadonlyMap<string, KubernetesAccess>, string> = z
  .string()
  .transform((text, context) => {
    const read = entries.safeParse(parseJson(text))
    if (read.success)
      return new Map(Object.entries(read.data).map(([name, entry]) => [name, accessOf(entry)]))
    context.addIssue({
      code: 'custom',
      message:
        'must be JSON: {"seoul":"/etc/seoul.kubeconfig","busan":{"kubeconfig":"/etc/all","context":"busan"},"here":"in-cluster"}',
    })
    return z.NEVER
  })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function accessOf(entry: z.output<typeof entries>[string]): KubernetesAccess {
  if (typeof entry !== 'string')
    return { kind: 'kubeconfig', path: entry.kubeconfig, context: entry.context ?? null }
  if (entry === IN_CLUSTER) return { kind: 'in_cluster' }
  return { kind: 'kubeconfig', path: entry, context: null }
}
