import { z } from 'zod'
import type { App, Outcome, StoredFile } from '../../http/app.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Principal } from '../../kernel/principal.ts'
import type { Job } from '../../services/jobs/index.ts'
import type { Needs } from './asked.ts'
import { EXAMPLES } from './examples.ts'
import { jobSchema } from './job-schemas.ts'
import { isStillTheirs } from './owned.ts'
import { manifestSchema as reportManifest } from './report-account-schemas.ts'
import { manifestSchema } from './schemas.ts'

type JobRow = z.output<typeof jobSchema>

const params = z.object({ id: z.uuid() })
const nothing = z.object({})

/** The routes of exports that are made in the background. */
export function jobRoutes(app: App, needs: Needs): void {
  app.resource({
    url: '/jobs',
    reach: 'everybody',
    summary: 'Your exports that are made in the background',
    query: nothing,
    params: nothing,
    data: z.array(jobSchema),
    example: [EXAMPLES.job],
    shelf: 'none',
    answer: async ({ principal }) => outcome(needs, (await jobsOf(needs, principal)).map(jobRow)),
  })
  app.resource({
    url: '/jobs/:id',
    reach: 'everybody',
    summary: 'How far one of them has come',
    query: nothing,
    params,
    data: jobSchema,
    example: EXAMPLES.job,
    shelf: 'none',
    answer: async (request) => outcome(needs, jobRow(await jobOf(needs, request))),
  })
  removal(app, needs)
  fileRoute(app, needs)
}

function removal(app: App, needs: Needs): void {
  app.action({
    method: 'DELETE',
    url: '/jobs/:id',
    audited: true,
    role: 'viewer',
    reach: 'everybody',
    summary: 'Cancels an export, or removes its file',
    params,
    body: null,
    data: null,
    carryOut: async (request) => {
      const { id, owner } = await jobOf(needs, request)
      if (!(await needs.jobs.remove(owner, id))) throw unknownJob()
      return undefined
    },
  })
}

function fileRoute(app: App, needs: Needs): void {
  app.download({
    url: '/jobs/:id/file',
    reach: 'everybody',
    summary: 'The file of a job',
    description: 'Parts of it can be asked for by `Range`; its ETag changes with its bytes.',
    query: nothing,
    params,
    content: {
      'application/octet-stream': z.string().describe('The bytes of the file.'),
      'application/json': z.record(z.string(), z.unknown()).describe('A file that is JSON.'),
    },
    answer: async (request) => fileOf(needs, await jobOf(needs, request)),
  })
}

interface Asking {
  readonly params: { readonly id: string }
  readonly principal: Principal
}

async function jobsOf({ jobs }: Needs, principal: Principal): Promise<readonly Job[]> {
  return (await jobs.list(principal.name)).filter((job) => isStillTheirs(job, principal))
}

async function jobOf(needs: Needs, { params: { id }, principal }: Asking): Promise<Job> {
  const job = (await jobsOf(needs, principal)).find((each) => each.id === id)
  if (job === undefined) throw unknownJob()
  return job
}

const unknownJob = (): KCloudError =>
  new KCloudError('not_found', { detail: 'no export of yours has this id' })

async function fileOf({ jobs }: Needs, { id, state, outcome: made }: Job): Promise<StoredFile> {
  if (made?.kind !== 'file')
    throw new KCloudError('not_found', { detail: `there is no file: the job is ${state}` })
  if (!(await jobs.hasFile(id)))
    throw new KCloudError('not_found', {
      detail: 'the file is not on this server: several servers need one directory for exports',
    })
  return {
    kind: 'stored',
    fileName: made.file_name,
    mediaType: made.media_type,
    headers: { 'x-export-id': id },
    path: jobs.pathOf(id),
    bytes: made.bytes,
    etag: `"${made.sha256}"`,
  }
}

/** An answer of this server alone. */
export function outcome<Data>(
  { now }: Needs,
  data: Data,
): Omit<Outcome<Data>, 'data'> & { data: Data } {
  return { data, observedAt: now(), clusters: [], warnings: [] }
}

const manifestKind = (question: Job['question']) =>
  question['export'] === 'report' ? reportManifest : manifestSchema

/** A job as it stands in an answer. */
export function jobRow({ outcome: made, question, progress, owner: _, ...job }: Job): JobRow {
  const { points_done: done, points_total: total } = progress
  const file = made?.kind === 'file' ? made : null
  return {
    ...job,
    export: String(question['export']),
    format: String(question['format']),
    progress: {
      percent: total === 0 ? 0 : Math.round((done / total) * 1000) / 10,
      ...progress,
    },
    file: file && {
      url: `/api/v1/export/jobs/${job.id}/file`,
      name: file.file_name,
      media_type: file.media_type,
      bytes: file.bytes,
      sha256: file.sha256,
    },
    // It was written by this schema.
    manifest: file && manifestKind(question).parse(file.manifest),
    problem: made?.kind === 'problem' ? { kind: made.problem, detail: made.detail } : null,
  }
}
