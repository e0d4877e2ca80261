import { z } from 'zod'
import type { Action } from './app.ts'
import { envelopeSchema } from './envelope.ts'
import { exampleOf } from './resource-docs.ts'

type Docs = Action<z.ZodObject, z.ZodType | null, z.ZodType | null>

/** What the documentation says of an action. */
export function actionDocs(action: Docs): Readonly<Record<string, unknown>> {
  const { summary, description, bodyExample, example } = action
  return {
    summary,
    ...(description !== undefined && { description }),
    ...(bodyExample !== undefined && { 'x-body-example': bodyExample }),
    ...(example !== undefined && { 'x-example': exampleOf({ example }) }),
    response: responseOf(action),
  }
}

function responseOf({
  data,
  creates = false,
  accepts = false,
}: Docs): Readonly<Record<number, unknown>> {
  if (data === null) return { 204: z.null().describe('Done.') }
  const content = { 'application/json': { schema: envelopeSchema(data, false) } }
  if (accepts) return { 202: { description: 'Begun; `Location` tells how far it is.', content } }
  if (!creates) return { 200: { description: 'Done.', content } }
  return { 201: { description: 'Made; `Location` is where it is.', content } }
}
