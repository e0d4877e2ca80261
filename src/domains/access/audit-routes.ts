import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { pageParameters } from '../../http/parameters.ts'
import { timestamp } from '../../http/wire.ts'
import type { Audit } from '../../services/access/index.ts'
import { checkAudit, readAudit } from './audit-service.ts'

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

/** What was done, for admins. */
export function auditRoutes(app: App, audit: Audit): void {
  app.resource({
    url: '/audit',
    role: 'admin',
    reach: 'admin',
    summary: 'What was changed by whom, and who was refused; the newest first',
    description:
      'Changes of clusters, keys, policies, models and the collector, cancelled jobs, users of the file, and refusals (403). Whoever is refused the same again and again is one entry a minute.',
    query: auditQuery,
    params: z.object({}),
    data: z.array(auditEntrySchema),
    example: [EXAMPLE],
    paged: true,
    shelf: 'none',
    answer: ({ at, query }) => readAudit(audit, at, query),
  })
  app.resource({
    url: '/audit/integrity',
    role: 'admin',
    reach: 'admin',
    summary: 'Whether the audit log is as it was written',
    description:
      'Goes along the whole chain. What was forgotten by age or number is in the log itself; anything else that is gone or changed is told.',
    query: z.object({}),
    params: z.object({}),
    data: integritySchema,
    example: {
      intact: true,
      entries: 12,
      first_seq: 1,
      last_seq: 12,
      head: EXAMPLE.hash,
      problem: null,
    },
    shelf: 'none',
    answer: ({ at }) => checkAudit(audit, at),
  })
}

const EXAMPLE = {
  seq: 12,
  at: '2026-11-20T05:00:00.000Z',
  who: 'alice',
  way: 'user',
  address: '192.0.2.10',
  action: 'DELETE /api/v1/clusters/{name}',
  target: { name: 'busan' },
  result: 'done' as const,
  status: null,
  request_id: '6f1c7a52-9c1e-4a53-8f0e-3a1f5b0c2d44',
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
}
