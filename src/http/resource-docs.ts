import type { z } from 'zod'
import type { Resource } from './app.ts'
import { envelopeSchema } from './envelope.ts'

type Docs = Resource<z.ZodObject, z.ZodObject, z.ZodType>

/** What the documentation says of a resource. */
export function resourceDocs(resource: Docs): Readonly<Record<string, unknown>> {
  const { summary, description, data, paged = false, open = false } = resource
  const content = { 'application/json': { schema: envelopeSchema(data, paged) } }
  return {
    summary,
    ...(description !== undefined && { description }),
    ...(open && { security: [] }),
    ...(resource.mayBeTooLarge === true && { 'x-may-be-too-large': true }),
    ...(resource.example !== undefined && { 'x-example': exampleOf(resource) }),
    response: {
      200: { description: 'The answer.', content },
      ...(resource.mayBeUnavailable === true && {
        503: { description: 'The answer: unwell.', content },
      }),
    },
  }
}

/** An answer with the example of its data. */
export function exampleOf({ example, paged = false }: Pick<Docs, 'example' | 'paged'>): object {
  const rows = Array.isArray(example) ? example.length : 0
  return {
    data: example,
    meta: {
      request_id: '6f1c7a52-9c1e-4a53-8f0e-3a1f5b0c2d44',
      observed_at: '2026-11-20T05:00:00.000Z',
      status: 'complete',
      clusters: [{ name: 'seoul', status: 'ok' }],
      warnings: [],
      ...(paged && { page: { total: rows, limit: 100, offset: 0 } }),
    },
  }
}
