import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { readDecimal, type Decimal } from './analysis/cost/decimal.ts'

type Complain = (mistake: string) => void

/**
 * What a JSON file of rates says, by its schema. Every mistake is told with its place in the file; undefined when
 * there is one.
 */
export function readRates<Value>(
  file: string,
  schema: z.ZodType<Value>,
  complain: Complain,
): Value | undefined {
  const json = parse(file, complain)
  if (json === undefined) return undefined
  const read = schema.safeParse(json.value)
  if (read.success) return read.data
  for (const { path, message } of read.error.issues) complain(`${placeOf(path)} ${message}`.trim())
  return undefined
}

function parse(file: string, complain: Complain): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(readFileSync(file, 'utf8')) as unknown }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    complain(
      error instanceof SyntaxError ? `must be JSON (${reason})` : `cannot be read (${reason})`,
    )
    return undefined
  }
}

/** `[0].schedules[1].seasons[0].prices` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')

/** An amount that is not negative, as text or number, read exactly. */
export const amount: z.ZodType<Decimal> = z
  .union([z.string(), z.number()], 'must be an amount such as "0.12"')
  .transform((value, context) => {
    const read = readDecimal(String(value))
    if (read !== undefined) return read
    context.addIssue({ code: 'custom', message: 'must be an amount such as "0.12", not negative' })
    return z.NEVER
  })

/** A local date. */
export const localDate = z
  .string('must be a date such as 2026-04-16')
  .refine(isDate, 'must be a date such as 2026-04-16')

function isDate(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`)
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(time.getTime()) &&
    time.toISOString().startsWith(text)
  )
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** A currency by its three letters. */
export const currencyCode = z
  .string('must be the code of a currency (ISO 4217), such as KRW')
  .refine((code) => CURRENCIES.has(code), 'must be the code of a currency (ISO 4217), such as KRW')

/** A time zone by its IANA name. */
export const zoneName = z
  .string('must be the IANA name of a time zone, such as Asia/Seoul')
  .refine(isZone, 'must be the IANA name of a time zone, such as Asia/Seoul')

/** Whether `Intl` knows a zone by this name; fixed offsets have no daylight saving and are none. */
export function isZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** A name of a list or of a cluster. */
export const rateName = z
  .string('must be a name')
  .min(1, 'must not be empty')
  .max(253, 'is too long')

/** The clusters that something is for. */
export const clusterNames = z
  .array(rateName, 'must be a list of names of clusters')
  .min(1, 'must name a cluster, or be left out for all')
  .optional()

export const sourceUrl = z.url('must be the address of the source').optional()
