import type { KnownNode } from '../../analysis/identity/known-nodes.ts'
import {
  nodeResolver,
  type IdentityRules,
  type NodeResolver,
} from '../../analysis/identity/resolver.ts'
import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Reading } from '../telemetry/index.ts'
import type { FleetRows } from './parts.ts'

/** The questions whose rows say what nodes are called. */
export const NAMING = ['nodes', 'node_addresses', 'node_kernels', 'bmc_infos'] as const

/** What says which nodes there are, and what they are called. */
export type Naming = Pick<FleetRows, (typeof NAMING)[number]>

/** Only Kubernetes says which nodes there are: other sources call nodes by whatever name they have. */
export function knownNodes({ nodes, node_addresses: addresses }: Naming): readonly KnownNode[] {
  const more = groupBy(addresses, ({ cluster, labels }) => keyOf(cluster, labels.node ?? ''))
  return nodes.flatMap(({ cluster, labels: { node, internal_ip: internal } }): KnownNode[] => {
    if (node === undefined) return []
    const own = more.get(keyOf(cluster, node)) ?? []
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

const isName = ({ labels }: Reading): boolean =>
  /^(?:Hostname|InternalDNS|ExternalDNS)$/.test(labels.address_type ?? '')

/**
 * Finds nodes by all that is said of their names. Where a name is no node's, the host name counts that its exporter
 * tells of its kernel. Redfish knows the name of the host that a BMC manages: it wins over the BMC's own, and the
 * map over both.
 */
export function resolverOf(naming: Naming, rules: IdentityRules): NodeResolver {
  const { node_kernels: kernels, bmc_infos: infos } = naming
  const resolve = withKernels(nodeResolver(knownNodes(naming), rules), namesIn(kernels, 'node'))
  return withBmcs(resolve, namesIn(infos, 'bmc'))
}

type Hostnames = ReadonlyMap<string, string>

/** The host names that are told, by who tells them. */
function namesIn(rows: readonly Reading[], teller: 'node' | 'bmc'): Hostnames {
  return new Map(
    rows.flatMap(({ cluster, labels: { [teller]: name = '', hostname } }) =>
      hostname === undefined ? [] : [[keyOf(cluster, name), hostname] as const],
    ),
  )
}

function withKernels(resolve: NodeResolver, hostnames: Hostnames): NodeResolver {
  if (hostnames.size === 0) return resolve
  return (cluster, name) => {
    const own = resolve(cluster, name)
    const hostname = hostnames.get(keyOf(cluster, name))
    if ('node' in own || hostname === undefined) return own
    const said = resolve(cluster, hostname)
    return 'node' in said ? said : own
  }
}

function withBmcs(resolve: NodeResolver, hostnames: Hostnames): NodeResolver {
  if (hostnames.size === 0) return resolve
  return (cluster, name) => {
    const own = resolve(cluster, name)
    const hostname = hostnames.get(keyOf(cluster, name))
    if (hostname === undefined || ('node' in own && own.by === 'map')) return own
    const said = resolve(cluster, hostname)
    return 'node' in said ? said : own
  }
}
