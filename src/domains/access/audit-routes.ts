import { z } from 'zod'
import type { App } from '../../http/app.ts'
import type { Audit } from '../../services/access/index.ts'
import { auditEntrySchema, auditQuery, integritySchema } from './audit-schemas.ts'
import { checkAudit, readAudit } from './audit-service.ts'

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
