/** A half-open stretch of time, `from` ≤ t < `until`, in unix seconds. */
export interface Span {
  readonly from: number
  readonly until: number
}

/** A stretch of time that comes again every so often, or only once. */
export interface Recurring extends Span {
  readonly everySeconds?: number | undefined
}

/** Whether a time lies in one of them. */
export function isWithin(spans: readonly Recurring[], seconds: number): boolean {
  return spans.some((span) => {
    const start = startBefore(span, seconds)
    return start !== undefined && seconds < start + span.until - span.from
  })
}

/** When the one that began last before a time began; undefined when none has begun. */
export function startBefore(span: Recurring, seconds: number): number | undefined {
  if (seconds < span.from) return undefined
  if (span.everySeconds === undefined) return span.from
  return span.from + Math.floor((seconds - span.from) / span.everySeconds) * span.everySeconds
}

/** When the last of them ended that was over by a time; undefined when none was. */
export function lastEnd(spans: readonly Recurring[], seconds: number): number | undefined {
  const ends = spans
    .map((span) => {
      const start = startBefore(span, seconds - (span.until - span.from))
      return start === undefined ? undefined : start + span.until - span.from
    })
    .filter((end) => end !== undefined)
  return ends.length === 0 ? undefined : Math.max(...ends)
}

/** Every time in `window` at which one of them begins or ends, with the window's own ends: ascending, each once. */
export function edgesWithin(spans: readonly Recurring[], window: Span): readonly number[] {
  if (spans.length === 0) return [window.from, window.until]
  const edges = spans.flatMap((span) => edgesOf(span, window))
  const inside = edges.filter((edge) => edge > window.from && edge < window.until)
  return [...new Set([window.from, ...inside, window.until])].sort((a, b) => a - b)
}

function edgesOf(span: Recurring, window: Span): readonly number[] {
  if (span.everySeconds === undefined) return [span.from, span.until]
  const first = startBefore(span, window.from) ?? span.from
  const count = Math.max(0, Math.ceil((window.until - first) / span.everySeconds))
  const starts = Array.from(
    { length: count },
    (_, index) => first + index * (span.everySeconds ?? 0),
  )
  return starts.flatMap((start) => [start, start + span.until - span.from])
}
