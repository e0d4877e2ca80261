import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Lesson, Lessons } from './lesson.ts'

const isSource = import.meta.url.endsWith('.ts')

/** The compiled worker beside compiled code. A thread cannot begin with a source, so one that can read it is put before. */
const [SCRIPT, OPTIONS] = isSource
  ? ([readingSource(new URL('./worker.ts', import.meta.url)), { eval: true }] as const)
  : ([new URL('./worker.js', import.meta.url), {}] as const)

function readingSource(file: URL): string {
  const resolved = createRequire(import.meta.url).resolve('tsx/esm/api')
  // What `require` finds is the CommonJS twin of the module.
  const tsx = pathToFileURL(resolved.replace(/\.cjs$/, '.mjs')).href
  return `import('${tsx}').then(({ register }) => { register(); return import('${file.href}') })`
}

const MOST_MEMORY_MB = 1024

/** Learns in a thread of its own. Rejects when the signal comes first, and with whatever the thread dies of. */
export function learnInWorker(lesson: Lesson, signal: AbortSignal): Promise<Lessons> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const worker = new Worker(SCRIPT, {
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
