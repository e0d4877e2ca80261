import { setTimeout } from 'node:timers/promises'
import { KCloudError } from '../../kernel/errors.ts'

/** How often, and after which pause, something is tried that another process stands in the way of. */
const TRIES = 50
const PAUSE_MS = 50

/** What a driver said (its code, else its message), and what that means. The first that fits counts. */
const REASONS: readonly (readonly [said: RegExp, reason: string])[] = [
  [/^SQLITE_(BUSY|LOCKED)/, 'another process has held it for too long'],
  [/^SQLITE_NOTADB/, 'the file is not an SQLite database'],
  [/^SQLITE_CORRUPT/, 'the database is damaged'],
  [/^SQLITE_FULL/, 'the disk is full'],
  [/^SQLITE_(READONLY|PERM|AUTH)/, 'it may not be written'],
  [/^SQLITE_(IOERR|CANTOPEN|PROTOCOL)|unable to open/i, 'its file cannot be read or written'],
  [/^(EACCES|EPERM|EROFS)$/, 'its file may not be read or written'],
  [/^(ENOENT|ENOTDIR|EISDIR|EEXIST)$/, 'a file or directory that it needs is not there'],
  [/^(ENOSPC|EDQUOT)$/, 'the disk is full'],
  [/^28/, 'the database server refused the credentials'],
  [/^3[DF]000$/, 'there is no such database or schema'],
  [/^42501$/, 'the user may not do this there'],
  [/^25006$/, 'the database server is read-only'],
  [/^(55P03|40001|40P01)$/, 'another process has held it for too long'],
  [/^57014$|timeout|ETIMEDOUT/i, 'the database server took too long'],
  [/^53/, 'the database server has no room left'],
  [
    /CERT|SELF_SIGNED|SIGNATURE|_SSL_/i,
    'the TLS certificate of the database server is not trusted',
  ],
  [/support SSL/, 'the database server has no TLS'],
  [
    /^(08|57P)|^(ECONN|EPIPE|EHOST|ENET|ENOTFOUND|EAI_)|terminated|connection error/i,
    'the database server cannot be reached',
  ],
  [/destroyed|not open|after calling end/, 'it is closed'],
]
const BUSY = /^(SQLITE_(BUSY|LOCKED)|55P03$|40001$|40P01$)/

/**
 * Does something with the database, again while another process stands in the way. Rejects with
 * `store_unavailable` that says what was attempted when the database is the reason; anything else is a fault of
 * ours and is thrown on.
 */
export async function attempt<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await whenFree(work)
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    throw storeUnavailable(`${what}: ${reason}`, error)
  }
}

/** The failure of the state store. The detail may reach callers. */
export function storeUnavailable(detail: string, cause?: unknown): KCloudError {
  return new KCloudError('store_unavailable', { detail, cause })
}

async function whenFree<Result>(work: () => Promise<Result>, tries = TRIES): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (tries <= 1 || !BUSY.test(saidBy(error))) throw error
  }
  await setTimeout(PAUSE_MS)
  return await whenFree(work, tries - 1)
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof KCloudError) return undefined
  const said = saidBy(error)
  return REASONS.find(([pattern]) => pattern.test(said))?.[1]
}

function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const named = 'code' in error && typeof error.code === 'string' && error.code !== ''
  return named ? String(error.code) : error.message
}
