import type { Kysely, Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** A database, and the few things in which one kind differs from another. */
export interface Engine {
  readonly kind: 'sqlite' | 'postgresql'
  /** What the operator calls it, for messages at the start; never with a credential. */
  readonly place: string
  readonly db: Kysely<Tables>
  /** Rejects when the database is damaged. Changes nothing. */
  verify(): Promise<void>
  /** Keeps other programs' migrations out until the transaction ends, or rejects as busy. */
  lock(transaction: Transaction<Tables>): Promise<void>
  /** The names of the tables that lie where ours would. */
  tableNames(transaction: Transaction<Tables>): Promise<readonly string[]>
  /** Sets up a database that has turned out to be ours. */
  settle(): Promise<void>
  close(): Promise<void>
}
