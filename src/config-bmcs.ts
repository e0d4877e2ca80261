import { z } from 'zod'
import type { BmcOfNode } from './analysis/identity/resolver.ts'
import { jsonSetting } from './config-json.ts'

const node = z.string().min(1)
const entries = z.record(z.string().min(1), z.union([node, z.record(z.string().min(1), node)]))

/** The nodes of BMCs as JSON: `{"10.1.0.1":"gpu-worker-1"}`, or the same below the name of a cluster. */
export const bmcNodes: z.ZodType<readonly BmcOfNode[], string> = jsonSetting(
  entries,
  'must be JSON: {"10.1.0.1":"gpu-worker-1"}, or {"cluster":{"10.1.0.1":"gpu-worker-1"}}',
  (read) => Object.entries(read).flatMap(entriesOf),
)

function entriesOf([name, value]: readonly [
  string,
  string | Readonly<Record<string, string>>,
]): readonly BmcOfNode[] {
  if (typeof value === 'string') return [{ cluster: null, bmc: name, node: value }]
  return Object.entries(value).map(([bmc, node]) => ({ cluster: name, bmc, node }))
}
