import { compareText, groupBy } from '../power/group.ts'
import { indexNodes, type KnownNode, type NodeIndex } from './known-nodes.ts'
import { addressOf, hostOf, shortNameOf } from './names.ts'
import { rewritesOf, type RewriteRule } from './rewrite.ts'

// One node, whatever the dialect. Sources call a node by its address and a port, its host name with or without a
// domain, a name that the cloud gave it, or the name or address of its BMC. All meet in the name that Kubernetes
// has for it, in the first of these steps that finds any:
//
//     map      the operator said so: a BMC and its node
//     exact    the name, or another name of the node, letter for letter
//     case     the same without regard to capitals
//     address  an address of the node, also as AWS spells it in names (ip-10-0-1-11)
//     rule     one of the above for the name as the rewrite rules change it
//     short    the host name without its domain, where one of both has none
//
// A step that finds several nodes ends the search: the name is ambiguous and stays unmatched with its candidates.
// Nothing is guessed, and clusters never mix. In a cluster without known nodes each name stands for itself.

/** How a name found its node. */
export type Match = 'map' | 'exact' | 'case' | 'address' | 'rule' | 'short' | 'itself'

/** The node of a name, or why it has none. */
export type Resolution =
  | { readonly node: string; readonly by: Match }
  | {
      readonly unmatched: 'unknown' | 'ambiguous' | 'empty'
      /** The nodes it could be; for `unknown`, the node that the map names but the cluster does not have. */
      readonly candidates: readonly string[]
    }

/** Gives the node that a source means by a name. */
export type NodeResolver = (cluster: string, name: string) => Resolution

/** A BMC, by name or address, and the node that it manages. */
export interface BmcOfNode {
  /** Null: in every cluster. */
  readonly cluster: string | null
  readonly bmc: string
  readonly node: string
}

export interface IdentityRules {
  readonly rewrites: readonly RewriteRule[]
  readonly bmcs: readonly BmcOfNode[]
}

/** A resolver for the nodes that the clusters know. */
export function nodeResolver(known: readonly KnownNode[], rules: IdentityRules): NodeResolver {
  const nodesOf = groupBy(known, ({ cluster }) => cluster)
  const indexes = new Map([...nodesOf].map(([cluster, nodes]) => [cluster, indexNodes(nodes)]))
  return (cluster, name) => {
    const host = hostOf(name)
    if (host === '') return { unmatched: 'empty', candidates: [] }
    const index = indexes.get(cluster)
    const mapped = mappedNodes(host, cluster, rules.bmcs)
    if (index === undefined) return itself(host, mapped, rules.rewrites)
    if (mapped.length > 0) return resolveMapped(mapped, index)
    return search(index, { name: name.trim(), host, rewrites: rules.rewrites })
  }
}

/** What the map says of a host; entries of its own cluster count before those of all. */
function mappedNodes(host: string, cluster: string, bmcs: readonly BmcOfNode[]): readonly string[] {
  const entries = bmcs.filter(({ bmc }) => spellingOf(hostOf(bmc)) === spellingOf(host))
  const own = entries.filter((entry) => entry.cluster === cluster)
  const counted = own.length > 0 ? own : entries.filter((entry) => entry.cluster === null)
  return [...new Set(counted.map(({ node }) => node))]
}

/** One spelling of a host: its address, or its name in small letters. */
const spellingOf = (host: string): string => addressOf(host) ?? host.toLowerCase()

function itself(
  host: string,
  mapped: readonly string[],
  rewrites: readonly RewriteRule[],
): Resolution {
  const [node, ...others] = mapped
  if (node === undefined)
    return { node: (rewritesOf(host, rewrites).at(-1) ?? host).toLowerCase(), by: 'itself' }
  return others.length > 0 ? ambiguous(mapped) : { node: node.toLowerCase(), by: 'map' }
}

const ambiguous = (nodes: Iterable<string>): Resolution => ({
  unmatched: 'ambiguous',
  candidates: [...nodes].sort(compareText),
})

function resolveMapped(mapped: readonly string[], index: NodeIndex): Resolution {
  const found = mapped.flatMap((node) => [...(direct(index, node)?.nodes ?? [])])
  const [node, ...others] = new Set(found)
  if (node === undefined) return { unmatched: 'unknown', candidates: mapped }
  return others.length > 0 ? ambiguous(found) : { node, by: 'map' }
}

interface Sought {
  readonly name: string
  readonly host: string
  readonly rewrites: readonly RewriteRule[]
}

interface Found {
  readonly nodes: ReadonlySet<string>
  readonly by: Match
}

function search(index: NodeIndex, { name, host, rewrites }: Sought): Resolution {
  const changed = changesOf(host, rewrites)
  const found =
    direct(index, name) ??
    direct(index, host) ??
    firstOf(changed, (one) => as('rule', direct(index, one))) ??
    firstOf([host, ...changed], (one) => short(index, one))
  if (found === undefined) return { unmatched: 'unknown', candidates: [] }
  const [node, ...others] = found.nodes
  if (node === undefined || others.length > 0) return ambiguous(found.nodes)
  return { node, by: found.by }
}

/** What the rules make of a host, and of its first label with the domain left as it is. */
function changesOf(host: string, rewrites: readonly RewriteRule[]): readonly string[] {
  const label = shortNameOf(host)
  if (label === null || label === host) return rewritesOf(host, rewrites)
  const domain = host.slice(label.length)
  return [
    ...rewritesOf(host, rewrites),
    ...rewritesOf(label, rewrites).map((changed) => `${changed}${domain}`),
  ]
}

function direct(index: NodeIndex, name: string): Found | undefined {
  const exact = index.byName.get(name) ?? index.byHostname.get(name)
  if (exact !== undefined) return { nodes: exact, by: 'exact' }
  const folded = index.byFoldedName.get(name.toLowerCase())
  if (folded !== undefined) return { nodes: folded, by: 'case' }
  const nodes = index.byAddress.get(addressOf(name) ?? '')
  return nodes === undefined ? undefined : { nodes, by: 'address' }
}

const as = (by: Match, found: Found | undefined): Found | undefined =>
  found === undefined ? undefined : { ...found, by }

/** A name with a domain is never taken for one with another domain: two sites may both have a gpu-worker-1. */
function short(index: NodeIndex, name: string): Found | undefined {
  const host = name.toLowerCase()
  const label = shortNameOf(host)
  if (label === null) return undefined
  const nodes = (label === host ? index.byFirstLabel : index.byShortName).get(label)
  return nodes === undefined ? undefined : { nodes, by: 'short' }
}

function firstOf(
  names: readonly string[],
  find: (name: string) => Found | undefined,
): Found | undefined {
  for (const name of names) {
    const found = find(name)
    if (found !== undefined) return found
  }
  return undefined
}
