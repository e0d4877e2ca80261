import { Worker } from 'node:worker_threads'
import type { Lesson, Lessons } from './lesson.ts'

/** The compiled worker beside compiled code, its source beside sources, which Node reads by way of tsx. */
const isSource = import.meta.url.endsWith('.ts')
const FILE = new URL(isSource ? './worker.ts' : './worker.js', import.meta.url)
const OPTIONS = { execArgv: isSource ? ['--import', 'tsx'] : [] }
const MOST_MEMORY_MB = 1024

/** Learns in a thread of its own. Rejects when the signal comes first, and with whatever the thread dies of. */
export function learnInWorker(lesson: Lesson, signal: AbortSignal): Promise<Lessons> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const worker = new Worker(FILE, {
      ...OPTIONS,
      workerData: lesson,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    })
    const stop = (): void => void worker.terminate()
    signal.addEventListener('abort', stop, { once: true })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop)
      reject(new Error('the training ended without a result', { cause: signal.reason }))
    })
  })
}
