import type { z } from 'zod'
import type { Outcome } from '../../http/app.ts'
import type { Audit } from '../../services/access/index.ts'
import type { auditEntrySchema, auditQuery, integritySchema } from './audit-schemas.ts'

/** One page of what was done. */
export async function readAudit(
  audit: Audit,
  at: Date,
  query: z.output<typeof auditQuery>,
): Promise<Outcome<z.output<typeof auditEntrySchema>[]>> {
  const { limit, offset, start: from, end: until, who, action, result } = query
  const filter = { who, action, result, from, until }
  const { entries, total } = await audit.list(filter, { limit, offset })
  const data = entries.map(({ details, ...entry }) => ({
    ...{ way: 'system', address: null, target: {}, status: null, request_id: null },
    ...(details as object),
    ...entry,
    // Only we write it.
    result: entry.result as 'done',
  }))
  return { ...own(data, at), page: { total, limit, offset } }
}

export async function checkAudit(
  audit: Audit,
  at: Date,
): Promise<Outcome<z.output<typeof integritySchema>>> {
  const found = await audit.check()
  return own({ intact: found.problem === null, ...found }, at)
}

function own<Data>(data: Outcome<Data>['data'], at: Date): Outcome<Data> {
  return { data, observedAt: at, clusters: [], warnings: [] }
}
