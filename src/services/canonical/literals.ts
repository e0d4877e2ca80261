import { parseDuration } from '../../kernel/time-range.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([^]))/g

/** What a string of PromQL stands for, which is written as in Go. */
export function textOf(literal: string): string {
  const inside = literal.slice(1, -1)
  if (literal.startsWith('`')) return inside
  return inside.replace(ESCAPE, (_whole, ...groups: readonly unknown[]) => {
    const [byte, short, long, octal, plain] = groups as readonly (string | undefined)[]
    if (plain !== undefined) return ESCAPES[plain] ?? plain
    const code =
      octal === undefined
        ? Number.parseInt(byte ?? short ?? long ?? '', 16)
        : Number.parseInt(octal, 8)
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}

/** What a number of PromQL stands for: decimal, hexadecimal, octal, a duration in seconds, or infinite. */
export function numberOf(literal: string): number {
  const text = literal.toLowerCase().replaceAll('_', '')
  const sign = text.startsWith('-') ? -1 : 1
  const bare = text.replace(/^[+-]/, '')
  if (bare === 'inf') return sign * Infinity
  if (bare === 'nan') return Number.NaN
  if (/^0[0-7]+$/.test(bare)) return sign * Number.parseInt(bare, 8)
  return sign * (parseDuration(bare) ?? Number(bare))
}

/** Milliseconds of a duration: `5m`, or seconds as a number. Undefined for none, and for nothing. */
export function millisecondsOf(literal: string): number | undefined {
  const seconds = /^[\d.]+$/.test(literal) ? Number(literal) : parseDuration(literal)
  if (seconds === undefined || !Number.isFinite(seconds)) return undefined
  return Math.round(seconds * 1000)
}

/** A number as Prometheus writes it: never with an exponent. */
export function written(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const text = Object.is(value, -0) ? '-0' : String(value)
  return text.includes('e') ? expanded(text) : text
}

function expanded(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return (
    sign +
    digits.slice(0, point).padEnd(point, '0') +
    (point < digits.length ? `.${digits.slice(point)}` : '')
  )
}
