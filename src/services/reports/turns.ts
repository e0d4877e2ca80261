import { KCloudError } from '../../kernel/errors.ts'

/** Lets so many reports be made at once, one of each user; the others wait for their turn. */
export interface Turns {
  /**
   * Does the work when it is its turn. Rejects with `rate_limited` when too many wait already, and with the reason
   * of the signal when that ends before the turn comes.
   */
  take<Result>(user: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result>
}

interface Waiting {
  readonly user: string
  readonly begin: () => void
}

interface Limits {
  readonly atOnce: number
  readonly mostWaiting: number
}

const RETRY_SECONDS = 30

/** Turns for everybody, in the order in which they came. */
export function createTurns({ atOnce, mostWaiting }: Limits): Turns {
  const running = new Set<string>()
  const waiting: Waiting[] = []

  const next = (): void => {
    if (running.size >= atOnce) return
    const index = waiting.findIndex(({ user }) => !running.has(user))
    const [chosen] = index < 0 ? [] : waiting.splice(index, 1)
    chosen?.begin()
  }
  const turn = (user: string, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener('abort', leave)
        running.add(user)
        resolve()
      }
      const mine = { user, begin }
      const leave = (): void => {
        waiting.splice(waiting.indexOf(mine), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(mine)
      next()
    })

  return {
    async take(user, signal, work) {
      signal.throwIfAborted()
      if (waiting.length >= mostWaiting) throw tooMany(mostWaiting)
      await turn(user, signal)
      try {
        return await work()
      } finally {
        running.delete(user)
        next()
      }
    },
  }
}

const tooMany = (most: number): KCloudError =>
  new KCloudError('rate_limited', {
    detail: `${most} reports wait to be made already`,
    retryAfterSeconds: RETRY_SECONDS,
  })
