import type { z } from 'zod'
import type { Accepted, DownloadRequest } from '../../http/app.ts'
import { FORMATS, type Format } from '../../services/formats/index.ts'
import type { Make } from '../../services/jobs/index.ts'
import type { JsonObject } from '../../services/store/index.ts'
import type { Needs } from './asked.ts'
import type { Dataset } from './dataset.ts'
import { assertFits, estimate } from './estimate.ts'
import { jobRow, outcome } from './job-routes.ts'
import type { ExportParameters } from './parameters.ts'
import { sightOf } from '../../kernel/sight.ts'
import { datasetOf, questionSchema, REACH_OF } from './questions.ts'
import { reportMaking } from './report-later.ts'
import { fileNameOf, headOf, type Desk } from './start.ts'
import { writeDataset } from './writing.ts'

/** An export for whoever comes back for it. Rejects with `too_large` what no job may come to. */
export async function exportLater(
  { needs }: Desk,
  dataset: Dataset,
  request: DownloadRequest<ExportParameters, unknown>,
): Promise<Accepted> {
  const { query, partial, at, signal, principal } = request
  const { name: user, scope } = principal
  const format: Format = FORMATS[query.format]
  const size = await estimate(dataset, { format, partial, signal })
  const { jobRows: rows, jobBytes: bytes } = needs.exports.limits
  assertFits(size, dataset, { rows, bytes, mostRows: format.mostRows, otherwise: '' })
  const question = { export: dataset.name, format: query.format, query, partial, at, scope }
  // What was read from a query is texts, numbers and lists of them.
  const kept = JSON.parse(JSON.stringify(question)) as JsonObject
  const job = await needs.jobs.submit(user, kept, size.points)
  return {
    kind: 'accepted',
    location: `/jobs/${job.id}`,
    outcome: outcome(needs, jobRow(job)),
  }
}

/**
 * Makes the files of jobs: their questions are asked anew, as of when they were asked first, and show what their owner
 * could see then.
 */
export function maker(needs: Needs): Make {
  return (job, signal) => {
    const question = questionSchema.parse(job.question)
    const sight = sightOf(question.scope, REACH_OF[question.export])
    return needs.scopes.within(sight, () => make(needs, question, [job, signal]))
  }
}

async function make(
  needs: Needs,
  question: z.output<typeof questionSchema>,
  [job, signal]: Parameters<Make>,
): ReturnType<Make> {
  if (question.export === 'report') return reportMaking(needs, question, [job, signal])
  const { id } = job
  const { partial, query, at } = question
  const dataset = datasetOf(needs, question)
  const format = FORMATS[query.format]
  const { pointsEach, points } = await estimate(dataset, { format, partial, signal })
  const head = headOf(needs, dataset, { id, query, partial, at })
  const { format: name, bom } = query
  const options = { format: name, bom, partial, pointsEach, head, signal }
  const written = await writeDataset(dataset, options)
  return {
    fileName: fileNameOf(dataset, format.extension),
    mediaType: format.mediaType,
    bytes: written.bytes,
    progress: () => ({
      points_done: written.points(),
      points_total: points,
      rows: written.rows(),
    }),
    end: () => {
      const { manifest, sha256 } = written.end()
      return { manifest: { ...manifest }, sha256 }
    },
  }
}
