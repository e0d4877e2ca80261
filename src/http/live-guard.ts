import type { Now } from '../kernel/clock.ts'
import { isOver, type Identity, type SignIn } from '../kernel/identity.ts'
import type { ClosingCode } from './live-connections.ts'

/** Ends connections whose credentials are good no more. */
export interface LiveGuard {
  /** What looks after a connection with these credentials, until what it gives is called. */
  watcher(identity: Identity | null): (close: (code: ClosingCode) => void) => () => void
}

const EVERY_MS = 2000
/** Where nobody can say whether credentials still stand, they stand for so many rounds. */
const MOST_SILENT_ROUNDS = 30

interface Watched {
  readonly identity: Identity
  readonly close: (code: ClosingCode) => void
  silentRounds: number
}

export function createLiveGuard(signIn: Pick<SignIn, 'stands'> | undefined, now: Now): LiveGuard {
  const open = new Set<Watched>()
  let timer: NodeJS.Timeout | undefined

  async function check(each: Watched): Promise<void> {
    if (isOver(each.identity, now())) end(each, 'expired')
    else if (!(await stands(each))) end(each, 'revoked')
  }
  async function stands(each: Watched): Promise<boolean> {
    try {
      const stood = (await signIn?.stands(each.identity)) ?? true
      each.silentRounds = 0
      return stood
    } catch {
      each.silentRounds += 1
      return each.silentRounds < MOST_SILENT_ROUNDS
    }
  }
  function end(each: Watched, code: ClosingCode): void {
    if (open.delete(each)) each.close(code)
  }
  function leave(each: Watched): void {
    open.delete(each)
    if (open.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  return {
    watcher: (identity) => (close) => {
      // The user of the configuration is the same as long as the process runs.
      if (identity === null || identity.way === 'configured') return () => undefined
      const watched = { identity, close, silentRounds: 0 }
      open.add(watched)
      timer ??= setInterval(() => [...open].forEach((each) => void check(each)), EVERY_MS).unref()
      return () => leave(watched)
    },
  }
}
