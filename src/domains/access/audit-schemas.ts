import { z } from 'zod'
import { pageParameters } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'

const RESULTS = ['done', 'refused', 'failed'] as const

export const auditEntrySchema = z
  .object({
    seq: z.int().describe('Its number; none is left out.'),
    at: timestamp,
    who: z.string().describe('Who did it; `system` for the server itself.'),
    way: z.string().describe('How whoever did it signed in.'),
    address: z.string().nullable(),
    action: z.string().describe('The method and the route, or what the server did.'),
    target: z.record(z.string(), z.unknown()).describe('What it was done to.'),
    result: z.enum(RESULTS),
    status: z.int().nullable().describe('Of the answer, where it was no success.'),
    request_id: z.string().nullable(),
    hash: z.string().describe('SHA-256 over the entry and the hash of the one before.'),
  })
  .meta({ id: 'AuditEntry' })

export const integritySchema = z
  .object({
    intact: z.boolean(),
    entries: z.int(),
    first_seq: z.int().nullable(),
    last_seq: z.int(),
    head: z.string().describe('The hash of the last entry: to be kept elsewhere and compared.'),
    problem: z
      .object({ seq: z.int(), detail: z.string() })
      .nullable()
      .describe('From which entry on something does not fit.'),
  })
  .meta({ id: 'AuditIntegrity' })

const text = z.string().min(1).max(300).optional()

export const auditQuery = z.object({
  ...pageParameters,
  who: text.describe('Only what this one did.'),
  action: text.describe('Only this action, such as `DELETE /api/v1/clusters/{name}`.'),
  result: z.enum(RESULTS).optional(),
  start: timestamp.optional().describe('Only since then.'),
  end: timestamp.optional().describe('Only before then.'),
})
