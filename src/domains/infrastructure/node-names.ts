import type { KnownNode } from '../../analysis/identity/known-nodes.ts'
import { nodeResolver, type IdentityRules } from '../../analysis/identity/resolver.ts'
import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Warning } from '../../kernel/answer.ts'
import { unmatchedIn, unmatchedWarnings } from '../../services/fleet/index.ts'
import type { Reading } from '../../services/telemetry/index.ts'
import type { NodeRows } from './node-reads.ts'

/** What the sources call the nodes, as the clusters call them. */
export interface NodeNames {
  /** The name of a row's node; null where no node has it. */
  nameOf(row: Reading): string | null
  /** The names in some rows that are no node's. */
  warnings(rows: readonly Reading[]): readonly Warning[]
}

type Known = Pick<NodeRows, 'infos' | 'addresses' | 'kernels'>

/**
 * Names by the nodes of Kubernetes, their addresses and host names. An exporter that is known by an address that
 * Kubernetes has not heard of is known by the host name that it tells.
 */
export function nodeNames(rows: Known, rules: IdentityRules): NodeNames {
  const resolve = nodeResolver(knownNodes(rows), rules)
  const told = hostnamesOf(rows.kernels)
  const nameIn = (cluster: string, name: string): string | null => {
    const resolution = resolve(cluster, name)
    return 'node' in resolution ? resolution.node : null
  }
  const nameOf = ({ cluster, labels: { node } }: Reading): string | null => {
    if (node === undefined) return null
    const hostname = told.get(keyOf(cluster, node))
    return nameIn(cluster, node) ?? (hostname === undefined ? null : nameIn(cluster, hostname))
  }
  return {
    nameOf,
    warnings: (some) =>
      unmatchedWarnings(
        unmatchedIn(
          some.filter((row) => nameOf(row) === null),
          resolve,
        ),
      ),
  }
}

/** Only Kubernetes says which nodes there are: other sources call nodes by whatever name they have. */
function knownNodes({ infos, addresses }: Known): readonly KnownNode[] {
  const more = groupBy(addresses, ({ cluster, labels }) => keyOf(cluster, labels.node ?? ''))
  return infos.flatMap(({ cluster, labels: { node, internal_ip: internal } }): KnownNode[] => {
    if (node === undefined) return []
    const own = more.get(keyOf(cluster, node)) ?? []
    const isName = ({ labels }: Reading): boolean =>
      /^(?:Hostname|InternalDNS|ExternalDNS)$/.test(labels.address_type ?? '')
    const texts = (rows: readonly Reading[]) => rows.flatMap(({ labels }) => labels.address ?? [])
    return [
      {
        cluster,
        node,
        addresses: [internal ?? [], ...texts(own.filter((row) => !isName(row)))].flat(),
        hostnames: texts(own.filter(isName)),
      },
    ]
  })
}

/** What an exporter's kernel is called, by what the exporter is called. */
const hostnamesOf = (kernels: readonly Reading[]): ReadonlyMap<string, string> =>
  new Map(
    kernels.flatMap(({ cluster, labels: { node = '', hostname } }) =>
      hostname === undefined ? [] : [[keyOf(cluster, node), hostname]],
    ),
  )
