import type { NodeName } from '../power/input.ts'
import { addressOf, hostOf, shortNameOf } from './names.ts'

/** A node as its cluster knows it. */
export interface KnownNode extends NodeName {
  /** Its addresses: internal, external, of its provider. */
  readonly addresses: readonly string[]
  /** Other names that it has: its host name, or `nodename` of its kernel. */
  readonly hostnames: readonly string[]
}

type Nodes = ReadonlySet<string>

/** The nodes of one cluster by all that they are called. */
export interface NodeIndex {
  readonly byName: ReadonlyMap<string, Nodes>
  readonly byHostname: ReadonlyMap<string, Nodes>
  /** In small letters. */
  readonly byFoldedName: ReadonlyMap<string, Nodes>
  readonly byAddress: ReadonlyMap<string, Nodes>
  /** By the first label, in small letters, of names that have no other label. */
  readonly byShortName: ReadonlyMap<string, Nodes>
  /** By the first label, in small letters, of all names. */
  readonly byFirstLabel: ReadonlyMap<string, Nodes>
}

/** Brings together what the nodes of one cluster are called. */
export function indexNodes(nodes: readonly KnownNode[]): NodeIndex {
  const names = ({ node, hostnames }: KnownNode): readonly string[] => [node, ...hostnames]
  const folded = (node: KnownNode): readonly string[] => names(node).map((name) => fold(name))
  const labels = (node: KnownNode): readonly string[] => known(folded(node).map(shortNameOf))
  return {
    byName: index(nodes, ({ node }) => [node]),
    byHostname: index(nodes, ({ hostnames }) => hostnames),
    byFoldedName: index(nodes, folded),
    byAddress: index(nodes, (node) => known([...node.addresses, ...names(node)].map(addressIn))),
    byShortName: index(nodes, (node) =>
      labels(node).filter((label) => folded(node).includes(label)),
    ),
    byFirstLabel: index(nodes, labels),
  }
}

const fold = (name: string): string => hostOf(name).toLowerCase()
const addressIn = (name: string): string | null => addressOf(hostOf(name))
const known = (texts: readonly (string | null)[]): readonly string[] =>
  texts.filter((text) => text !== null)

function index(
  nodes: readonly KnownNode[],
  namesOf: (node: KnownNode) => readonly string[],
): ReadonlyMap<string, Nodes> {
  const found = new Map<string, Set<string>>()
  for (const node of nodes)
    for (const name of namesOf(node)) found.set(name, (found.get(name) ?? new Set()).add(node.node))
  return found
}
