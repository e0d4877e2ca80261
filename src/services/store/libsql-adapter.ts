import type { SqliteDatabase, SqliteStatement } from 'kysely'
import type Database from 'libsql'

/**
 * The driver as the dialect wants it, and without its trap: a statement that meets another process's lock stays
 * under way until it is collected as garbage, and until then nothing that is written is committed, without a word
 * (https://github.com/tursodatabase/libsql-js/pull/238). So the lock is taken when a transaction begins, by a call
 * that ends its statement in any case, and nothing is written outside of a transaction.
 */
export function adapted(file: Database.Database): SqliteDatabase {
  return {
    prepare(text) {
      const control = CONTROLS.get(text)
      if (control !== undefined) return controlStatement(() => control(file))
      const statement = file.prepare(text)
      if (statement.reader || file.inTransaction) return statement
      throw new TypeError(`written outside of a transaction: ${text}`)
    },
    close: () => void file.close(),
  }
}

/** What the dialect says to begin and to end a transaction. */
const CONTROLS: ReadonlyMap<string, (file: Database.Database) => void> = new Map([
  ['begin', (file) => void file.exec('begin immediate')],
  ['commit', (file) => void file.exec('commit')],
  [
    'rollback',
    // What SQLite has rolled back by itself is left alone: a complaint about that would hide the reason.
    (file) => {
      if (file.inTransaction) file.exec('rollback')
    },
  ],
])

function controlStatement(run: () => void): SqliteStatement {
  return {
    reader: false,
    run() {
      run()
      return { changes: 0, lastInsertRowid: 0 }
    },
    all: () => [],
    iterate: () => [].values(),
  }
}
