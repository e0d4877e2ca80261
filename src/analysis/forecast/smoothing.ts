interface Loess {
  /** How many neighbours count. */
  readonly span: number
  /** A line through them, or their mean. */
  readonly fit: 'line' | 'mean'
  /** Also so many places before the first and after the last. */
  readonly beyond?: number
}

/**
 * Local regression at every value over its neighbours, which weigh less with the cube of their distance. Wide spans are
 * asked at every tenth of them, with lines in between.
 */
export function loess(values: Float64Array, { span, fit, beyond = 0 }: Loess): Float64Array {
  const fitAt = fit === 'line' ? lineAt : meanAt
  const smooth = new Float64Array(values.length + 2 * beyond)
  const jump = Math.ceil(span / 10)
  const end = values.length - 1 + beyond
  let known = -beyond
  smooth[0] = fitAt(values, span, known)
  while (known < end) {
    const at = Math.min(known + jump, end)
    const from = smooth[known + beyond] ?? 0
    const to = fitAt(values, span, at)
    for (let between = known + 1; between <= at; between += 1)
      smooth[between + beyond] = from + ((to - from) * (between - known)) / (at - known)
    known = at
  }
  return smooth
}

/** The neighbours of a place, and how far they reach. */
function around(count: number, span: number, at: number) {
  const many = Math.min(span, count)
  const first = Math.max(0, Math.min(count - many, Math.round(at - (many - 1) / 2)))
  const last = first + many - 1
  // With fewer values than the span, all of them count for more.
  return { first, last, reach: Math.max(at - first, last - at) + Math.max(0, (span - count) >> 1) }
}

function meanAt(values: Float64Array, span: number, at: number): number {
  const { first, last, reach } = around(values.length, span, at)
  let weight = 0
  let y = 0
  for (let place = first; place <= last; place += 1) {
    const own = weightOf(Math.abs(place - at) / reach)
    weight += own
    y += own * (values[place] ?? 0)
  }
  return weight === 0 ? nearest(values, at) : y / weight
}

const nearest = (values: Float64Array, at: number): number =>
  values[Math.max(0, Math.min(values.length - 1, at))] ?? 0

/** The line through the neighbours of a place, there. */
function lineAt(values: Float64Array, span: number, at: number): number {
  const { first, last, reach } = around(values.length, span, at)
  let weight = 0
  let x = 0
  let xx = 0
  let y = 0
  let xy = 0
  for (let place = first; place <= last; place += 1) {
    const away = place - at
    const own = weightOf(Math.abs(away) / reach)
    const value = values[place] ?? 0
    weight += own
    x += own * away
    xx += own * away * away
    y += own * value
    xy += own * away * value
  }
  if (weight === 0) return nearest(values, at)
  const spread = xx - (x * x) / weight
  if (spread <= 1e-6 * (last - first) ** 2) return y / weight
  return (y - (x * (xy - (x * y) / weight)) / spread) / weight
}

/** One beside the place, and none at the end of the reach. */
function weightOf(share: number): number {
  if (!(share < 0.999)) return 0
  const rest = 1 - share * share * share
  return rest * rest * rest
}

/** The means of so many values each: `width - 1` fewer than there were. */
export function movingMean(values: Float64Array, width: number): Float64Array {
  const means = new Float64Array(values.length - width + 1)
  let sum = 0
  for (let place = 0; place < values.length; place += 1) {
    sum += (values[place] ?? 0) - (values[place - width] ?? 0)
    if (place >= width - 1) means[place - width + 1] = sum / width
  }
  return means
}

/** The first series without the second, as long as the second. */
export function difference(values: Float64Array, other: Float64Array): Float64Array {
  return other.map((value, place) => (values[place] ?? 0) - value)
}

/** The next whole odd number. */
export function nextOdd(value: number): number {
  const whole = Math.ceil(value)
  return whole % 2 === 0 ? whole + 1 : whole
}
