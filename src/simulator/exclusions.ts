import type { Span } from './spans.ts'

/** What is left of a stretch of time without others, which may overlap: in order. */
export function without(whole: Span, taken: readonly Span[]): readonly Span[] {
  const left: Span[] = []
  let from = whole.from
  for (const span of [...taken].sort((a, b) => a.from - b.from)) {
    if (span.from > from && from < whole.until)
      left.push({ from, until: Math.min(span.from, whole.until) })
    from = Math.max(from, span.until)
  }
  if (from < whole.until) left.push({ from, until: whole.until })
  return left
}
