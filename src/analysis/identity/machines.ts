import { groupBy, keyOf } from '../power/group.ts'

/** What a source calls a virtual machine. */
export interface MachineName {
  readonly cluster: string
  /** Its UUID. */
  readonly id: string | null
  /** What its hypervisor calls it: `instance-00000001`. */
  readonly domain: string | null
  /** The hypervisor, as its cluster calls it. */
  readonly node: string | null
}

/** One virtual machine: all that speak of it. */
export type Machine<Row> = readonly [Row, ...Row[]]

/**
 * Rows of one virtual machine together: by its UUID; those without, by the name of its domain on the same
 * hypervisor, or where only one machine of the cluster has it. The same domain on two hypervisors is two machines.
 */
export function machinesOf<Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => MachineName,
): readonly Machine<Row>[] {
  const named = rows.map((row) => ({ row, name: nameOf(row) }))
  const known = named.filter(({ name }) => name.id !== null)
  const places = placesOf(known.map(({ name }) => name))
  const groups = groupBy(named, ({ name }) => keyFor(name, places))
  return [...groups.values()].map(
    ([first, ...others]) => [first.row, ...others.map(({ row }) => row)] as const,
  )
}

/** The UUIDs that have a domain, by domain and by domain and hypervisor. */
type Places = ReadonlyMap<string, ReadonlySet<string>>

function placesOf(names: readonly MachineName[]): Places {
  const places = new Map<string, Set<string>>()
  for (const { cluster, id, domain, node } of names) {
    if (id === null || domain === null) continue
    for (const key of [keyOf(cluster, domain), keyOf(cluster, domain, node)])
      places.set(key, (places.get(key) ?? new Set()).add(spelled(id)))
  }
  return places
}

/** UUIDs are the same in capitals. */
const spelled = (id: string): string => id.toLowerCase()

function keyFor({ cluster, id, domain, node }: MachineName, places: Places): string {
  if (id !== null) return keyOf(cluster, spelled(id))
  const here = onlyOne(places.get(keyOf(cluster, domain, node)))
  const anywhere = onlyOne(places.get(keyOf(cluster, domain)))
  const found = here ?? anywhere
  return found === null ? keyOf(cluster, domain, node) : keyOf(cluster, found)
}

function onlyOne(ids: ReadonlySet<string> | undefined): string | null {
  const [id, ...others] = ids ?? []
  return id === undefined || others.length > 0 ? null : id
}
