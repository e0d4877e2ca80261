import { z } from 'zod'

/** A time: `Date` inside, RFC 3339 in UTC with `Z` on the wire. */
export const timestamp = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (time) => time.toISOString(),
})

/**
 * The JSON of an answer. `strict` proves that the plain text says exactly what the schema would write, so that
 * production may leave the schema out. It rejects with a `TypeError`, which names the place: a number that is
 * none (`NaN` would silently become null), a wrong type, a field that the schema does not have.
 */
export function writeJson(schema: z.ZodType, data: unknown, strict: boolean): string {
  const text = JSON.stringify(data)
  if (strict) assertFits(schema, data, text)
  return text
}

function assertFits(schema: z.ZodType, data: unknown, text: string): void {
  const written = z.safeEncode(schema, data)
  if (!written.success)
    throw new TypeError(`the answer breaks its schema: ${z.prettifyError(written.error)}`)
  const place = firstDifference(JSON.parse(text), JSON.parse(JSON.stringify(written.data)), '')
  if (place !== undefined)
    throw new TypeError(`the answer and its schema do not agree at ${place === '' ? '/' : place}`)
}

function firstDifference(a: unknown, b: unknown, place: string): string | undefined {
  if (!isObject(a) || !isObject(b)) return a === b ? undefined : place
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(a[key], b[key], `${place}/${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
