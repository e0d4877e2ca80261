import { z } from 'zod'
import { flagText } from '../../http/parameters.ts'
import { clusterParameter, windowParameters } from '../../http/parameters.ts'
import { FORMAT_NAMES } from '../../services/formats/index.ts'

/** What every export of figures is asked for by. */
export const exportParameters = {
  ...clusterParameter,
  ...windowParameters,
  format: z.enum(FORMAT_NAMES).default('json').describe('The kind of file; see `/export/formats`.'),
  bom: flagText
    .default(false)
    .describe('Begins a CSV with the mark by which spreadsheets know UTF-8.'),
}

/** The parameters of every export, read. */
export type ExportParameters = z.output<z.ZodObject<typeof exportParameters>>
