import { claimOf, runJob, type Bench } from './runner.ts'

/** The jobs that this server is making. */
export interface Crew {
  has(id: string): boolean
  /** Takes up jobs that wait, as far as there is room. */
  takeUp(): Promise<void>
  /** Ends one, and resolves when it has ended. */
  stop(id: string): Promise<void>
  /** Ends all of them, for the next server to make. */
  close(): Promise<void>
}

interface Running {
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/** A crew that tells when it has room again. */
export function createCrew(
  bench: Bench,
  { onError, onRoom }: { readonly onError: (error: unknown) => void; readonly onRoom: () => void },
): Crew {
  const running = new Map<string, Running>()
  let closed = false
  return {
    has: (id) => running.has(id),
    async takeUp() {
      while (!closed && running.size < bench.limits.concurrent) {
        const job = await bench.store.claim(claimOf(bench))
        if (job === undefined) return
        const stop = new AbortController()
        const ended = runJob(bench, job, { stop, stopping: () => closed })
          .catch(onError)
          .finally(() => {
            running.delete(job.id)
            onRoom()
          })
        running.set(job.id, { stop, ended })
      }
    },
    async stop(id) {
      const own = running.get(id)
      own?.stop.abort(new Error('the job was removed'))
      await own?.ended
    },
    async close() {
      closed = true
      for (const { stop } of running.values()) stop.abort(new Error('the server is stopping'))
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }
}
