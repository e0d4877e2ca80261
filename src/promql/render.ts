import type { Kind, NonEmpty } from '../kernel/kind.ts'
import type {
  Aggregated,
  Divided,
  FirstOf,
  Kept,
  Matcher,
  Provided,
  Rated,
  SampledAt,
  Scaled,
  Selection,
  Summarised,
  Topped,
  Vector,
  Windowed,
} from './expression.ts'

export interface RenderOptions {
  /** Matchers that every selection gets as well: which cluster's series, where several share one store. */
  readonly where?: readonly Matcher[]
}

type Enforced = readonly Matcher[]
type Writers = {
  readonly [Q in Vector<Kind> as Q['op']]: (query: Q, enforced: Enforced) => string
}

const WRITERS: Writers = {
  select: writeSelection,
  sampled_at: writeSampledAt,
  rated: writeRated,
  summarised: writeSummarised,
  scaled: writeScaled,
  kept: writeKept,
  aggregated: writeAggregated,
  topped: writeTopped,
  first_of: writeFirstOf,
  divided: writeDivided,
  provided: writeProvided,
}

/**
 * The PromQL of a query, for Prometheus 2 and 3 alike. What a user sent can only be inside a quoted literal.
 * Throws a TypeError for what only a programmer can get wrong: a name that is none, a number that is not
 * finite, a window that is not positive.
 */
export function render(query: Vector<Kind>, options: RenderOptions = {}): string {
  return write(query, options.where ?? [])
}

function write(query: Vector<Kind>, enforced: Enforced): string {
  // The compiler cannot see that the writer found under a query's `op` is the writer for that query.
  const writer = WRITERS[query.op] as (query: Vector<Kind>, enforced: Enforced) => string
  return writer(query, enforced)
}

function writeSampledAt({ of }: SampledAt, enforced: Enforced): string {
  return `timestamp(${writeSelection(of, enforced)})`
}

function writeRated({ by, of }: Rated, enforced: Enforced): string {
  return `${by}(${writeWindowed(of, enforced)})`
}

function writeSummarised({ by, of }: Summarised<Kind>, enforced: Enforced): string {
  return `${by}_over_time(${writeWindowed(of, enforced)})`
}

// Each binary operation stands in its own parentheses, so that precedence never matters.

function writeScaled({ of, factor }: Scaled<Kind>, enforced: Enforced): string {
  return `(${write(of, enforced)} * ${writeNumber(factor)})`
}

function writeKept({ of, when, bound }: Kept<Kind>, enforced: Enforced): string {
  return `(${write(of, enforced)} ${when} ${writeNumber(bound)})`
}

function writeFirstOf({ of }: FirstOf<Kind>, enforced: Enforced): string {
  return `(${of.map((query) => write(query, enforced)).join(' or ')})`
}

function writeDivided({ of: [dividend, divisor] }: Divided, enforced: Enforced): string {
  checkAlike(dividend, divisor)
  return `(${write(dividend, enforced)} / ${write(divisor, enforced)})`
}

function writeProvided({ of: [wanted, condition] }: Provided<Kind>, enforced: Enforced): string {
  checkAlike(wanted, condition)
  return `(${write(wanted, enforced)} and ${write(condition, enforced)})`
}

/** Prometheus leaves the metric's name out when it compares labels, so groups that differ in it would clash. */
function checkAlike(a: Aggregated<Kind>, b: Aggregated<Kind>): void {
  const [left, right] = [a, b].map(({ by }) => [...new Set(by)].sort().join())
  if (left !== right) throw new TypeError(`not grouped alike: ${left ?? ''} and ${right ?? ''}`)
  if (a.by.includes('__name__')) throw new TypeError('groups by the name of the metric clash')
}

function writeAggregated(query: Aggregated<Kind>, enforced: Enforced): string {
  return `${query.with}${writeGrouping(query.by)}(${write(query.of, enforced)})`
}

function writeTopped({ of, count }: Topped, enforced: Enforced): string {
  return `topk(${writeCount(count)}, ${write(of, enforced)})`
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/
/** The only words that Prometheus takes for no label in `by (…)`. */
const UNGROUPABLE = /^(?:inf|nan|without)$/i
/** Words of the language that are no name at the head of a selection, though a metric may be called so. */
const RESERVED =
  /^(?:inf|nan|bool|on|ignoring|group_left|group_right|by|without|offset|and|or|unless|atan2|start|end|avg|bottomk|count|count_values|group|limitk|limit_ratio|max|min|quantile|stddev|stdvar|sum|topk)$/i

function writeSelection({ names, where }: Selection<Kind>, enforced: Enforced): string {
  for (const name of names) check(name, METRIC_NAME, 'metric name')
  const [name, ...others] = names
  const matchers = [...where, ...enforced].map(writeMatcher)
  if (others.length > 0) matchers.unshift(`__name__=~"${names.join('|')}"`)
  else if (RESERVED.test(name)) matchers.unshift(`__name__="${name}"`)
  else return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`
  return `{${matchers.join(',')}}`
}

function writeMatcher(matcher: Matcher): string {
  const label = check(matcher.label, LABEL_NAME, 'label name')
  if (label === '__name__') throw new TypeError('the metric is chosen by names, not by a matcher')
  switch (matcher.op) {
    case 'equals':
      return `${label}=${quote(matcher.value)}`
    case 'differs':
      return `${label}!=${quote(matcher.value)}`
    case 'starts_with':
      return `${label}=~${quote(prefixPattern([matcher.value]))}`
    case 'one_of':
      return writeOneOf(label, matcher.values)
    case 'starts_with_one_of':
      return `${label}=~${quote(prefixPattern(matcher.values))}`
    case 'starts_with_none_of':
      return `${label}!~${quote(prefixPattern(matcher.values))}`
  }
}

/** The flag s lets the dot match a newline, which it does not by itself before Prometheus 3. */
function prefixPattern(values: NonEmpty<string>): string {
  const [first, ...others] = values.map(escapePattern)
  return others.length === 0
    ? `${first ?? ''}(?s:.*)`
    : `(?:${values.map(escapePattern).join('|')})(?s:.*)`
}

function writeOneOf(label: string, values: NonEmpty<string>): string {
  if (values.length === 1) return `${label}=${quote(values[0])}`
  return `${label}=~${quote(values.map(escapePattern).join('|'))}`
}

/** JSON's escapes are a subset of PromQL's, and text that is no Unicode cannot be in a label anyway. */
function quote(text: string): string {
  // Prometheus takes a replacement character for a sign of broken UTF-8, unless it is escaped.
  return JSON.stringify(text.toWellFormed()).replaceAll('\ufffd', String.raw`\ufffd`)
}

/** As RE2's QuoteMeta. Prometheus anchors every pattern at both ends. */
function escapePattern(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}

/** The longest duration that Prometheus can hold: its nanoseconds are a signed 64-bit integer. */
const LONGEST_MS = 9_223_372_036_854

function writeWindowed({ selection, seconds }: Windowed<Kind>, enforced: Enforced): string {
  const ms = Math.round(seconds * 1000)
  if (!(ms >= 1 && ms <= LONGEST_MS)) throw new TypeError(`a window cannot be ${seconds} seconds`)
  const duration = ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
  return `${writeSelection(selection, enforced)}[${duration}]`
}

function writeGrouping(by: readonly string[]): string {
  if (by.length === 0) return ''
  for (const label of by) {
    check(label, LABEL_NAME, 'label name')
    if (UNGROUPABLE.test(label)) throw new TypeError(`PromQL cannot group by "${label}"`)
  }
  return ` by (${by.join(', ')}) `
}

function writeCount(count: number): string {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new TypeError(`not a number of series: ${count}`)
  return String(count)
}

/** The shortest text that reads back as the same double, in Prometheus too. */
function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`not a finite number: ${value}`)
  return String(value)
}

function check(name: string, pattern: RegExp, what: string): string {
  if (!pattern.test(name)) throw new TypeError(`not a ${what}: ${JSON.stringify(name)}`)
  return name
}
