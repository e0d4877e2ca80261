import { z } from 'zod'
import { readDecimal, type Decimal } from './analysis/cost/decimal.ts'

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
