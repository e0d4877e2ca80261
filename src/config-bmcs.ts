import { z } from 'zod'
import type { BmcOfNode } from './analysis/identity/resolver.ts'

const node = z.string().min(1)
const entries = z.record(z.string().min(1), z.union([node, z.record(z.string().min(1), node)]))

/** The nodes of BMCs as JSON: `{"10.1.0.1":"gpu-worker-1"}`, or the same below the name of a cluster. */
export const bmcNodes: z.ZodType<readonly BmcOfNode[], string> = z
  .string()
  .transform((text, context) => {
    const read = entries.safeParse(parseJson(text))
    if (read.success) return Object.entries(read.data).flatMap(entriesOf)
    context.addIssue({
      code: 'custom',
      message:
        'must be JSON: {"10.1.0.1":"gpu-worker-1"}, or {"cluster":{"10.1.0.1":"gpu-worker-1"}}',
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

function entriesOf([name, value]: readonly [
  string,
  string | Readonly<Record<string, string>>,
]): readonly BmcOfNode[] {
  if (typeof value === 'string') return [{ cluster: null, bmc: name, node: value }]
  return Object.entries(value).map(([bmc, node]) => ({ cluster: name, bmc, node }))
}
