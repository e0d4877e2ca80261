import type { z } from 'zod'
import type { Resource } from './app.ts'
import { envelopeSchema } from './envelope.ts'

/** What the documentation says of a resource. */
export function resourceDocs(
  resource: Resource<z.ZodObject, z.ZodObject, z.ZodType>,
): Readonly<Record<string, unknown>> {
  const { summary, description, data, paged = false, open = false } = resource
  const content = { 'application/json': { schema: envelopeSchema(data, paged) } }
  return {
    summary,
    ...(description !== undefined && { description }),
    ...(open && { security: [] }),
    response: {
      200: { description: 'The answer.', content },
      ...(resource.mayBeUnavailable === true && {
        503: { description: 'The answer: unwell.', content },
      }),
    },
  }
}
