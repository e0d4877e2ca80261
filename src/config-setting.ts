import { z } from 'zod'

interface Documented {
  readonly about: string
  /** How it stands in `.env.example` when there is no default. */
  readonly example?: string
}

/** What is known of each setting beside its type. */
export const documented = z.registry<Documented & { readonly byDefault?: string }>()

/** A setting with a default. */
export function setting<Value>(
  read: z.ZodType<Value, string>,
  byDefault: string,
  about: string,
): z.ZodPrefault<z.ZodType<Value, string>> {
  return read.prefault(byDefault).register(documented, { about, byDefault })
}

/** A setting that may be left out. */
export function optional<Value>(
  read: z.ZodType<Value, string>,
  docs: Documented,
): z.ZodOptional<z.ZodType<Value, string>> {
  return read.optional().register(documented, docs)
}
