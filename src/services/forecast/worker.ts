import { parentPort, workerData } from 'node:worker_threads'
import { createFollowedSeries } from './followed.ts'
import { instantiateKernel } from './kernel.ts'
import { runForecast, runTraining, type Task } from './tasks.ts'

/** What the thread is sent, and what it sends back. */
export interface Asked {
  readonly id: number
  readonly task: Task
}

export type Told =
  | { readonly id: number; readonly progress: number }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }

const { bytes } = workerData as { readonly bytes: Uint8Array }
const kernel = () => instantiateKernel(bytes)
const followed = createFollowedSeries()

parentPort?.on('message', ({ id, task }: Asked) => {
  const tell = (told: Told): void => parentPort?.postMessage(told)
  try {
    const result =
      task.kind === 'forecast'
        ? runForecast(task, kernel, followed)
        : runTraining(task, kernel, (progress) => tell({ id, progress }))
    tell({ id, result })
  } catch (error) {
    tell({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
