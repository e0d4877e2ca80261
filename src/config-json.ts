import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Takes down one mistake of a file. */
export type Complain = (mistake: string) => void

/**
 * What a JSON file says, by its schema. Every mistake is told with its place in the file; undefined when
 * there is one.
 */
export function readJsonFile<Value>(
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

/** What a JSON text says; undefined, which JSON cannot say, for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A setting that is JSON of a schema. `must` tells what is asked, with an example, when it is not. */
export function jsonSetting<Read, Value>(
  schema: z.ZodType<Read>,
  must: string,
  valueOf: (read: Read) => Value,
): z.ZodType<Value, string> {
  return z.string().transform((text, context) => {
    const read = schema.safeParse(parseJson(text))
    if (read.success) return valueOf(read.data)
    context.addIssue({ code: 'custom', message: must })
    return z.NEVER
  })
}

/** `[0].schedules[1].seasons[0].prices` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
