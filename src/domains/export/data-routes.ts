import { z } from 'zod'
import type { Accepted, App, DownloadRequest, StreamedFile } from '../../http/app.ts'
import { FORMATS } from '../../services/formats/index.ts'
import { EXAMPLES } from './examples.ts'
import { jobSchema } from './job-schemas.ts'
import { exportLater } from './later.ts'
import type { ExportParameters } from './parameters.ts'
import { datasetOf, metricsQuery, powerQuery, REACH_OF } from './questions.ts'
import { jsonExportSchema } from './schemas.ts'
import { startExport, type Desk } from './start.ts'

/** The exports of figures over a window. */
export function dataRoutes(app: App, desk: Desk): void {
  const shared = {
    params: z.object({}),
    content: CONTENT,
    accepted: jobSchema,
    partial: 'deny',
    mayBeTooLarge: true,
    description: DESCRIPTION,
  } as const
  app.download({
    ...shared,
    url: '/power',
    reach: REACH_OF.power,
    summary: 'Power over a window, as a file',
    query: powerQuery,
    example: EXAMPLES.power,
    answer: (request) => answer(desk, 'power', request),
  })
  app.download({
    ...shared,
    url: '/metrics',
    reach: REACH_OF.metrics,
    summary: 'Measures over a window, as a file',
    query: metricsQuery,
    example: EXAMPLES.metrics,
    answer: (request) => answer(desk, 'metrics', request),
  })
}

const DESCRIPTION =
  'Rows are read and sent window by window, whatever their number. There is no row where nothing is known. The trailers `X-Export-Status`, `X-Export-Rows`, `X-Export-SHA256` and `X-Export-Rows-SHA256` come behind a whole file only. With `Prefer: respond-async` the file is made in the background.'

const file = z.string().describe('The bytes of the file.')
const CONTENT: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(
    Object.values(FORMATS).map(({ mediaType }) => [mediaType.split(';')[0] ?? mediaType, file]),
  ),
  'application/json': jsonExportSchema,
}

function answer(
  desk: Desk,
  name: 'power' | 'metrics',
  request: DownloadRequest<ExportParameters, unknown>,
): Promise<StreamedFile | Accepted> {
  const { query, at } = request
  // The route's schema is that of this export.
  const question = { export: name, query, at } as Parameters<typeof datasetOf>[1]
  const dataset = datasetOf(desk.needs, question)
  return request.respondAsync
    ? exportLater(desk, dataset, request)
    : startExport(desk, dataset, request)
}
