/** Work that is done one piece after the other. */
export interface Turns {
  /** Resolves when the work is done; once it is closed, without it. */
  take(work: () => Promise<void>): Promise<void>
  /** The same without anybody waiting for it. */
  later(work: () => Promise<void>): void
  /** Begins nothing any more, and resolves when nothing is being done. */
  close(): Promise<void>
}

/** Failures of work that nobody waits for go to `onError`. */
export function createTurns(onError: (error: unknown) => void): Turns {
  let last = Promise.resolve()
  let closed = false
  const take = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(() => (closed ? undefined : work()))
    last = done.catch(() => undefined)
    return done
  }
  return {
    take,
    later(work) {
      take(work).catch(onError)
    },
    async close() {
      closed = true
      await last
    },
  }
}
