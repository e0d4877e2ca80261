import { setTimeout as sleep } from 'node:timers/promises'
import {
  ApiError,
  download,
  getJson,
  Unreachable,
  type Downloaded,
  type ServerOptions,
} from './api.ts'
import { progress } from './progress.ts'

const LOOK_MS = 500
/** Jobs outlive their server: for so long it may be away. */
const PATIENCE_MS = 120_000

interface Job {
  readonly id: string
  readonly state: 'queued' | 'running' | 'done' | 'failed'
  readonly progress: { readonly points_done: number; readonly points_total: number }
  readonly file: { readonly sha256: string } | null
  readonly problem: { readonly detail: string } | null
}

/** Lets the server make a file in the background, and fetches it when it is there. Rejects with why there is none. */
export async function awaitJob(server: ServerOptions, path: string): Promise<Downloaded> {
  const accepted = await download(server, path, { prefer: 'respond-async' })
  const first = ((await accepted.body.json()) as { readonly data: Job }).data
  const job = await ended(server, first)
  if (job.state === 'failed')
    throw new ApiError(`there is no file: ${job.problem?.detail ?? 'the job failed'}`)
  const reply = await download(server, `/export/jobs/${job.id}/file`)
  const sum = job.file === null ? {} : { 'x-export-sha256': job.file.sha256 }
  return { ...reply, trailers: { ...reply.trailers, ...sum } }
}

async function ended(server: ServerOptions, first: Job): Promise<Job> {
  const bar = progress('making', first.progress.points_total)
  let [job, shown] = [first, 0]
  try {
    while (job.state === 'queued' || job.state === 'running') {
      await sleep(LOOK_MS)
      job = await look(server, job.id)
      bar.advance(job.progress.points_done - shown)
      shown = job.progress.points_done
    }
  } finally {
    bar.end()
  }
  return job
}

/** How the job is; asks again where nothing answers, as long as there is patience. */
async function look(server: ServerOptions, id: string, since = Date.now()): Promise<Job> {
  try {
    return ((await getJson(server, `/export/jobs/${id}`)) as { readonly data: Job }).data
  } catch (error) {
    if (!(error instanceof Unreachable) || Date.now() - since > PATIENCE_MS) throw error
    await sleep(LOOK_MS)
    return look(server, id, since)
  }
}
