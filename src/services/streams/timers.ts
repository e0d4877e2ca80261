/** The clock and the alarm that streams live by: a parameter, so that tests hold both. */
export interface Timers {
  now(): Date
  /** Runs something once, so many milliseconds from now; what it gives takes that back. */
  after(milliseconds: number, run: () => void): () => void
}

/** The timers of the process. They do not keep it alive. */
export const systemTimers: Timers = {
  now: () => new Date(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
