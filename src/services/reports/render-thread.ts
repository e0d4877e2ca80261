import { parentPort, workerData } from 'node:worker_threads'
import { writePdf } from './pdf/write-pdf.ts'
import type { RenderTask } from './render.ts'
import { wordingOf } from './wording.ts'
import { writeWorkbook } from './workbook.ts'

// The thread that a report is written in: one task, one message with the bytes, and it ends.
const { report, paper, language } = workerData as RenderTask
const words = wordingOf(language, report.timezone)
const bytes = await (paper === 'pdf' ? writePdf(report, words) : writeWorkbook(report, words))
parentPort?.postMessage(bytes)
