/** The rows that have the same key, by key; the keys in order, so that the order of rows does not matter. */
export function groupBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): ReadonlyMap<string, readonly [Row, ...Row[]]> {
  const groups = new Map<string, [Row, ...Row[]]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups.size < 2 ? groups : inOrderOfKeys(groups)
}

function inOrderOfKeys<Group>(groups: ReadonlyMap<string, Group>): ReadonlyMap<string, Group> {
  const ordered = new Map<string, Group>()
  for (const key of [...groups.keys()].sort()) {
    const group = groups.get(key)
    if (group !== undefined) ordered.set(key, group)
  }
  return ordered
}

/** Order of texts by code unit, the same everywhere. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** One text for several, which no others make: names hold no control characters. */
export function keyOf(...names: readonly (string | null)[]): string {
  let key = ''
  for (const name of names) key += `${name ?? '\u0001'}\u0000`
  return key
}

/** Each text once, in order. */
export function distinct(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : [...new Set(texts)].sort()
}
