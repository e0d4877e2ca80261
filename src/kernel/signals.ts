/**
 * Runs work with a signal that ends when either of two does. Not `AbortSignal.any`: on Node 20 it leaks when one of them
 * lives as long as the process.
 */
export async function untilEither<Result>(
  signals: readonly [AbortSignal, AbortSignal],
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const both = new AbortController()
  const ends = signals.map((signal) => {
    const end = (): void => both.abort(signal.reason)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    return () => signal.removeEventListener('abort', end)
  })
  try {
    return await work(both.signal)
  } finally {
    for (const forget of ends) forget()
  }
}
