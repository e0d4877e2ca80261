import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../../shared/fixtures')

/** Whether the real samples lie beside the project. They are not part of it; tests that read them skip without. */
export const haveFixtures = existsSync(FOLDER)

/** A sample exposition of a real exporter. */
export const exposition = (name: string): string =>
  readFileSync(join(FOLDER, 'exporters', name), 'utf8')

/** The names of all samples. */
export const expositionNames = (): readonly string[] =>
  readdirSync(join(FOLDER, 'exporters')).filter((name) => name.endsWith('.prom'))

/** A file of real measurements over time. */
export const timeseries = (name: string): string =>
  readFileSync(join(FOLDER, 'timeseries', name), 'utf8')

if (!haveFixtures)
  console.warn('The real samples (../shared/fixtures) are absent: their tests are skipped.')
