/** Lets work through one after the other, in the order in which it comes. */
export function inTurn(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}

export interface Repeated {
  /** Does it now, and again after each pause. */
  start(): void
  stop(): void
}

/** Work that is done again and again, each time after the pause that it gives, in milliseconds. It must not reject. */
export function repeated(work: () => Promise<number>): Repeated {
  let timer = 0
  let round = 0
  const run = async (own: number): Promise<void> => {
    const pauseMs = await work()
    if (own === round) timer = window.setTimeout(() => void run(own), pauseMs)
  }
  const stop = (): void => {
    window.clearTimeout(timer)
    round += 1
  }
  return {
    start() {
      stop()
      void run(round)
    },
    stop,
  }
}
