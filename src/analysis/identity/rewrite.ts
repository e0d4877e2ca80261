/**
 * A change of names, such as `-bmc` at the end becomes nothing. Plain text and never a pattern, so that no rule can
 * match more than it says or run long. Capitals do not matter, as in all host names.
 */
export interface RewriteRule {
  /** Where in the name the text stands; `part` is its first place anywhere. */
  readonly match: 'prefix' | 'suffix' | 'part'
  readonly text: string
  readonly replace: string
}

/** What a name becomes by each rule in turn, those that change it on top of one another. Without the name itself. */
export function rewritesOf(name: string, rules: readonly RewriteRule[]): readonly string[] {
  const names: string[] = []
  for (const rule of rules) {
    const before = names.at(-1) ?? name
    const after = rewrite(before, rule)
    if (after !== before && after !== '') names.push(after)
  }
  return names
}

function rewrite(name: string, { match, text, replace }: RewriteRule): string {
  if (text === '') return name
  const place = placeOf(name.toLowerCase(), text.toLowerCase(), match)
  return place < 0 ? name : name.slice(0, place) + replace + name.slice(place + text.length)
}

function placeOf(name: string, text: string, match: RewriteRule['match']): number {
  if (match === 'prefix') return name.startsWith(text) ? 0 : -1
  if (match === 'suffix') return name.endsWith(text) ? name.length - text.length : -1
  return name.indexOf(text)
}
