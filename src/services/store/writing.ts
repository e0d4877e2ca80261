import type { Kysely, Transaction } from 'kysely'
import { attempt } from './failures.ts'
import type { Tables } from './tables.ts'

/** Changes the database in one transaction; `what` says in a failure what was attempted. */
export type Write = <Result>(
  what: string,
  change: (transaction: Transaction<Tables>) => Promise<Result>,
) => Promise<Result>

/** How one database is changed. */
export function writingTo(db: Kysely<Tables>): Write {
  return (what, change) => attempt(what, () => db.transaction().execute(change))
}
