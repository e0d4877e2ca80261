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
  return new Map([...groups].sort(([a], [b]) => compareText(a, b)))
}

/** Order of texts by code unit, the same everywhere. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** One text for several, which no others make: names hold no control characters. */
export function keyOf(...names: readonly (string | null)[]): string {
  return names.map((name) => name ?? '\u0001').join('\u0000')
}

/** Each text once, in order. */
export function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(compareText)
}
