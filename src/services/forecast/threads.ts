import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Task, TaskResults } from './tasks.ts'
import type { Asked, Told } from './worker.ts'

/** Carries out what would hold up the event loop. */
export interface Threads {
  /** Forecasts in one thread that stays, one after the other; trains in a thread of its own. */
  run<Kind extends Task['kind']>(
    task: Task & { readonly kind: Kind },
    options?: RunOptions,
  ): Promise<TaskResults[Kind]>
  close(): Promise<void>
}

interface RunOptions {
  /** Ends a training at once; a forecast is finished, and nobody hears of it. */
  readonly signal?: AbortSignal
  readonly onProgress?: (share: number) => void
}

/** Threads that have the compiled kernel. None is started before it is needed. */
export function createThreads(bytes: Uint8Array): Threads {
  const open = new Set<Thread>()
  const start = (): Thread => {
    const thread = startThread(bytes, () => open.delete(thread))
    open.add(thread)
    return thread
  }
  let forecasting: Thread | null = null
  return {
    async run(task, options = {}) {
      if (task.kind === 'training') return await runAlone(start(), task, options)
      if (forecasting === null || !open.has(forecasting)) forecasting = start()
      return (await forecasting.ask(task, options)) as never
    },
    async close() {
      await Promise.all([...open].map((thread) => thread.end()))
    },
  }
}

async function runAlone(thread: Thread, task: Task, options: RunOptions): Promise<never> {
  const end = (): void => void thread.end()
  options.signal?.addEventListener('abort', end, { once: true })
  try {
    options.signal?.throwIfAborted()
    return (await thread.ask(task, options)) as never
  } finally {
    options.signal?.removeEventListener('abort', end)
    await thread.end()
  }
}

interface Thread {
  ask(task: Task, options: RunOptions): Promise<unknown>
  end(): Promise<void>
}

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
  readonly onProgress: RunOptions['onProgress']
}

const IS_SOURCE = import.meta.url.endsWith('.ts')
const ENTRY = new URL(IS_SOURCE ? './worker.ts' : './worker.js', import.meta.url)

/** A thread does not inherit what lets this process read the sources: it begins with that. */
function startWorker(workerData: { readonly bytes: Uint8Array }): Worker {
  if (!IS_SOURCE) return new Worker(ENTRY, { workerData })
  const found = createRequire(import.meta.url).resolve('tsx/esm/api')
  const loader = pathToFileURL(found.replace(/\.cjs$/, '.mjs')).href
  const begin = `import(${JSON.stringify(loader)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(ENTRY.href)})
  })`
  return new Worker(begin, { eval: true, execArgv: [], workerData })
}

function startThread(bytes: Uint8Array, onEnd: () => void): Thread {
  const worker = startWorker({ bytes })
  worker.unref()
  const waiting = new Map<number, Waiting>()
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
    onEnd()
  }
  worker.on('message', (told: Told) => hear(waiting, told))
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the thread of the forecasts has ended')))
  let next = 0
  return {
    ask(task, { onProgress }) {
      const id = next
      next += 1
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject, onProgress })
        worker.postMessage({ id, task } satisfies Asked)
      })
    },
    async end() {
      await worker.terminate()
    },
  }
}

function hear(waiting: Map<number, Waiting>, told: Told): void {
  const asked = waiting.get(told.id)
  if (asked === undefined) return
  if ('progress' in told) {
    asked.onProgress?.(told.progress)
    return
  }
  waiting.delete(told.id)
  if ('error' in told) asked.reject(new Error(told.error))
  else asked.resolve(told.result)
}
