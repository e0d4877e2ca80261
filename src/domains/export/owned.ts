import { z } from 'zod'
import { scopeKey, type Principal } from '../../kernel/principal.ts'
import type { Job } from '../../services/jobs/index.ts'

/** What the owner of a job could see when it was asked for; everything for those of a time without scopes. */
export const scopeSchema = z
  .array(z.object({ cluster: z.string(), namespaces: z.array(z.string()).nullable() }))
  .nullable()
  .default(null)

const kept = z.object({ scope: scopeSchema })

/** Whether somebody may have what a job of theirs has made: not when they see less, or other things, by now. */
export function isStillTheirs({ question }: Pick<Job, 'question'>, { scope }: Principal): boolean {
  return scope === null || scopeKey(kept.parse(question).scope) === scopeKey(scope)
}
