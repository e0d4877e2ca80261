/** How an exporter prints a value: to how many decimals, and whether with all of them or as short as Go does. */
export interface NumberForm {
  readonly decimals: number
  readonly style: 'fixed' | 'shortest'
}

export const WHOLE: NumberForm = { decimals: 0, style: 'fixed' }
/** Go's `%f`. */
export const SIX_DECIMALS: NumberForm = { decimals: 6, style: 'fixed' }
/** As short as possible, as Prometheus' own client library prints: `1.5e+06`. */
export const shortest = (decimals: number): NumberForm => ({ decimals, style: 'shortest' })

/** The number by which DCGM says that a field has no value: the largest but a few of 64 bits. */
export const SENTINEL = 2 ** 63
const SENTINEL_TEXT = '9223372036854775794'

/** The value that is left of a number once it is printed in this form. */
export function rounded(value: number, { decimals }: NumberForm): number {
  if (!Number.isFinite(value) || value >= SENTINEL) return value
  const scale = 10 ** decimals
  return Math.round(value * scale) / scale
}

/** The text of a rounded value. */
export function printed(value: number, { decimals, style }: NumberForm): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value >= SENTINEL) return SENTINEL_TEXT
  return style === 'fixed' ? value.toFixed(decimals) : short(value)
}

/** Go's shortest form turns to an exponent at a million and below a ten-thousandth (`strconv`, format `g`). */
function short(value: number): string {
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits}e${exponent.replace(/(?<=[+-])(\d)$/, '0$1')}`
}
