/** Where the reading of a text has come to. */
export interface Cursor {
  text: string
  at: number
}

const MINUS = 45
const POINT = 46
const ZERO = 48

/** A whole number of so many digits is exact, and so is the power of ten that it is divided by. */
const EXACT_DIGITS = 15
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, digits) => 10 ** digits)

/** Moves on if this character is next. Whether it was. */
export function skip(cursor: Cursor, code: number): boolean {
  if (cursor.text.charCodeAt(cursor.at) !== code) return false
  cursor.at += 1
  return true
}

/**
 * The number that is next, such as `-17.25`, behind which the cursor stands then: the same as `Number` makes of it.
 * Undefined, and the cursor anywhere, when it is written in another way or has more digits than are exact.
 */
export function plainNumber(cursor: Cursor): number | undefined {
  const sign = skip(cursor, MINUS) ? -1 : 1
  const start = cursor.at
  const whole = digitsFrom(cursor, 0)
  const wholeDigits = cursor.at - start
  const hasPoint = wholeDigits > 0 && skip(cursor, POINT)
  const point = cursor.at
  const all = hasPoint ? digitsFrom(cursor, whole) : whole
  const decimals = cursor.at - point
  const isPlain = wholeDigits > 0 && hasPoint === decimals > 0
  if (!isPlain || wholeDigits + decimals > EXACT_DIGITS) return undefined
  return (sign * all) / (POWERS[decimals] ?? Number.NaN)
}

/** Digits from here on, behind some that were read. */
function digitsFrom(cursor: Cursor, before: number): number {
  const { text } = cursor
  let number = before
  for (;;) {
    const digit = text.charCodeAt(cursor.at) - ZERO
    // The code behind the end of a text is none, which is no digit either.
    if (!(digit >= 0 && digit <= 9)) return number
    number = number * 10 + digit
    cursor.at += 1
  }
}
