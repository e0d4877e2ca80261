import type { Span } from './spans.ts'

/** The part of a stretch of time that lies in another; undefined when there is none. */
export function overlap(a: Span, b: Span): Span | undefined {
  const from = Math.max(a.from, b.from)
  const until = Math.min(a.until, b.until)
  return from < until ? { from, until } : undefined
}

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
