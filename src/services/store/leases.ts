import type { Kysely } from 'kysely'
import type { Lease } from './jobs.ts'
import type { Tables } from './tables.ts'
import { writingTo } from './writing.ts'

/** Work that one of several servers does at a time. Rejects with `store_unavailable`. */
export interface LeaseStore {
  /** Whether the work is this owner's until then: nobody has it, or it has run out, or it was the owner's before. */
  take(name: string, lease: Lease): Promise<boolean>
  /** Leaves it to others at once. */
  release(name: string, owner: string): Promise<void>
}

/** Keeps leases in a database. */
export function createLeaseStore(db: Kysely<Tables>): LeaseStore {
  const write = writingTo(db)
  return {
    take: (name, { owner, at, until }) =>
      write('take a lease', async (transaction) => {
        const change = { owner, lease_until: until.toISOString() }
        const { numUpdatedRows: renewed } = await transaction
          .updateTable('leases')
          .set(change)
          .where('name', '=', name)
          .where((where) =>
            where.or([where('owner', '=', owner), where('lease_until', '<', at.toISOString())]),
          )
          .executeTakeFirstOrThrow()
        if (renewed > 0n) return true
        const { numInsertedOrUpdatedRows: made } = await transaction
          .insertInto('leases')
          .values({ name, ...change })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .executeTakeFirstOrThrow()
        return made === 1n
      }),
    release: (name, owner) =>
      write('leave a lease', async (transaction) => {
        await transaction
          .deleteFrom('leases')
          .where('name', '=', name)
          .where('owner', '=', owner)
          .execute()
      }),
  }
}
