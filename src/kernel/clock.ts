/** Reads the time. A parameter wherever time matters, so that tests can hold it still. */
export type Now = () => Date

/** The latest whole multiple of `stepSeconds` that is not after `time`: equal questions get equal times. */
export function alignDown(time: Date, stepSeconds: number): Date {
  if (stepSeconds <= 0) return time
  const step = stepSeconds * 1000
  return new Date(Math.floor(time.getTime() / step) * step)
}

/** A time as Prometheus wants it: unix seconds, with the milliseconds as fraction. */
export function unixSeconds(time: Date): number {
  return time.getTime() / 1000
}
