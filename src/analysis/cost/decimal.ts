/**
 * A number that is exact: whole units of 10^-18. Money, prices, factors and masses are such numbers, so that sums of
 * any length lose nothing and only what is printed is rounded.
 */
export type Decimal = bigint

const PLACES = 18
export const ONE: Decimal = 10n ** BigInt(PLACES)

/** A decimal of at most 12 digits before the point and 12 behind, without sign or exponent; undefined for others. */
export function readDecimal(text: string): Decimal | undefined {
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,12}))?$/.exec(text) ?? []
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(PLACES, '0'))
}

/** A measured number, to 12 significant digits: more is noise of the meter and of its arithmetic. */
export function decimalOf(value: number): Decimal {
  const [digits = '0', power = '0'] = value.toExponential(11).split('e')
  const units = BigInt(digits.replace('.', ''))
  const shift = Number(power) - 11 + PLACES
  return shift >= 0 ? units * 10n ** BigInt(shift) : divided(units, 10n ** BigInt(-shift))
}

/** The product of two decimals. */
export const times = (a: Decimal, b: Decimal): Decimal => divided(a * b, ONE)

/** A quotient of whole numbers, rounded half to even. */
export function divided(a: bigint, b: bigint): bigint {
  const whole = a / b
  const twice = (a % b) * 2n
  if (twice > b || (twice === b && whole % 2n !== 0n)) return whole + 1n
  return twice < -b || (twice === -b && whole % 2n !== 0n) ? whole - 1n : whole
}

const MICRO = 10n ** BigInt(PLACES - 6)

/** Millionths of a unit, downwards: what is left is its remainder. */
export const microsBelow = (
  value: Decimal,
): { readonly micros: bigint; readonly rest: bigint } => ({
  micros: value / MICRO,
  rest: value % MICRO,
})

/** The nearest millionths of a unit, half to even. */
export const nearestMicros = (value: Decimal): bigint => divided(value, MICRO)

/** Millionths as the number that is printed: exact below nine thousand million units. */
export const ofMicros = (micros: bigint): number => Number(micros) / 1e6

/** A decimal as a number, for what is no money: rates, factors, masses. */
export const numberOf = (value: Decimal): number => Number(`${value}e-${PLACES}`)

/** The sum of decimals. */
export const total = (values: readonly Decimal[]): Decimal => values.reduce((a, b) => a + b, 0n)

/** An amount in proportion to whole weights; the parts add up to it, unless all weights are nothing. */
export function divideBy(amount: Decimal, weights: readonly bigint[]): readonly Decimal[] {
  const whole = total(weights)
  if (whole === 0n || amount === 0n) return weights.map(() => 0n)
  let seen = 0n
  let given = 0n
  return weights.map((weight) => {
    seen += weight
    const part = divided(amount * seen, whole) - given
    given += part
    return part
  })
}
