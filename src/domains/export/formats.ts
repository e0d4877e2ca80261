import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { FORMAT_NAMES, FORMATS } from '../../services/formats/index.ts'
import type { Needs } from './asked.ts'
import { REPORT_FORMATS } from './report-query.ts'

const formatSchema = z.object({
  name: z.string().describe('What `format` is set to.'),
  media_type: z.string(),
  extension: z.string(),
  description: z.string(),
  exports: z.array(z.string()).describe('The exports that come in it.'),
  provenance: z.string().describe('Where its manifest is.'),
  incomplete: z.string().describe('How a file is told from a whole one when it had to end early.'),
})

type FormatRow = z.output<typeof formatSchema>

/** The formats of files, and how to tell that one is whole. */
export function formatsRoute(app: App, { now }: Needs): void {
  app.resource({
    url: '/formats',
    reach: 'everybody',
    summary: 'The formats that exports come in',
    query: z.object({}),
    params: z.object({}),
    data: z.array(formatSchema),
    example: [rowOf('csv')],
    shelf: 'none',
    answer: () => ({
      data: FORMAT_NAMES.map(rowOf),
      observedAt: now(),
      clusters: [],
      warnings: [],
    }),
  })
}

const IN_REPORTS: ReadonlySet<string> = new Set(Object.keys(REPORT_FORMATS))

function rowOf(name: (typeof FORMAT_NAMES)[number]): FormatRow {
  const { mediaType, extension, description, provenance, incomplete } = FORMATS[name]
  return {
    name,
    media_type: mediaType,
    extension,
    description,
    exports: ['power', 'metrics', ...(IN_REPORTS.has(name) ? ['report'] : [])],
    provenance,
    incomplete,
  }
}
