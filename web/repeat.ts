export interface Repeated {
  /** Does it now, and again after each pause. */
  start(): void
  stop(): void
}

/** Work that is done again and again, each time a pause after the last has ended. It must not reject. */
export function repeated(pauseMs: number, work: () => Promise<void>): Repeated {
  let timer = 0
  let round = 0
  const run = async (own: number): Promise<void> => {
    await work()
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
