import { readFileSync } from 'node:fs'
import type { z } from 'zod'

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

/** `[0].schedules[1].seasons[0].prices` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
