/** Reads the time. A parameter wherever time matters, so that tests can hold it still. */
export type Now = () => Date

/** A time as Prometheus wants it: unix seconds, with the milliseconds as fraction. */
export function unixSeconds(time: Date): number {
  return time.getTime() / 1000
}
