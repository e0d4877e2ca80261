import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Report } from '../../analysis/report/report.ts'
import type { Language } from './texts.ts'

/** What a report can be written as, beside JSON. */
export type Paper = 'pdf' | 'excel'

/** What a writing thread is told. */
export interface RenderTask {
  readonly report: Report
  readonly paper: Paper
  readonly language: Language
}

/** A report on paper takes some 150 MB, most of it the fonts; more than this is a mistake of ours. */
const MOST_MEGABYTES = 512

/**
 * Writes a report in a thread of its own: fonts and tables would hold up the event loop for a second. Rejects with
 * the reason of the signal when that ends first; the thread ends with it.
 */
export async function render(task: RenderTask, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted()
  const { start, isCode } = threadOf(import.meta.url)
  const worker = new Worker(start, {
    eval: isCode,
    execArgv: [],
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
  })
  try {
    return await resultOf(worker, signal)
  } finally {
    await worker.terminate()
  }
}

/** Started from the sources, the thread first loads what reads them. */
function threadOf(here: string): { readonly start: string | URL; readonly isCode: boolean } {
  if (here.endsWith('.js')) return { start: new URL('./render-thread.js', here), isCode: false }
  // The package's entry for `require` looks for its own files in the wrong place.
  const root = dirname(createRequire(here).resolve('tsx/package.json'))
  const loader = pathToFileURL(join(root, 'dist/esm/api/index.mjs')).href
  const thread = new URL('./render-thread.ts', here).href
  const start = `import(${JSON.stringify(loader)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(thread)})
  })`
  return { start, isCode: true }
}

function resultOf(worker: Worker, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    worker.once('message', (bytes: Uint8Array) => {
      signal.removeEventListener('abort', abort)
      resolve(bytes)
    })
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the writing thread ended with ${code}`)))
  })
}
