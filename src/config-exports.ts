import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setting } from './config-setting.ts'
import { anyText, bytes, seconds, whole } from './config-values.ts'

/** The settings of exports. */
export const exportSettings = {
  exportMaxRows: setting(
    whole(1, 1_000_000_000),
    '5000000',
    'The most rows of one export. More are refused, with an estimate, or made in the background.',
  ),
  exportMaxBytes: setting(
    bytes(1024),
    '1GB',
    'The most bytes of one export, likewise by its estimate.',
  ),
  exportConcurrent: setting(
    whole(1, 1000),
    '4',
    'How many exports are written at the same time. More are refused, to be asked for again.',
  ),
  exportJobMaxRows: setting(
    whole(1, 1_000_000_000),
    '100000000',
    'The most rows of an export that is made in the background.',
  ),
  exportJobs: setting(
    whole(1, 10_000),
    '50',
    'How many exports are kept or wait in the background, of all users. More are refused.',
  ),
  exportJobsConcurrent: setting(
    whole(1, 100),
    '1',
    'How many exports one server makes in the background at the same time.',
  ),
  exportJobExpiry: setting(
    seconds('not zero'),
    '1d',
    'How long the file of an export that was made in the background is kept.',
  ),
  exportSpoolPath: setting(
    anyText,
    './data/exports',
    'The directory of those files. Several servers on one DATABASE_URL need one that they share.',
  ),
  exportSpoolMaxBytes: setting(
    bytes(1024),
    '10GB',
    'What those files may take together. An export that would not fit fails.',
  ),
}

interface ExportSettings {
  readonly exportMaxRows: number
  readonly exportMaxBytes: number
  readonly exportConcurrent: number
  readonly exportJobMaxRows: number
  readonly exportJobs: number
  readonly exportJobsConcurrent: number
  readonly exportJobExpiry: number
  readonly exportSpoolPath: string
  readonly exportSpoolMaxBytes: number
}

/** What is allowed of exports, and where files are kept. */
export interface ExportConfig {
  readonly limits: {
    readonly rows: number
    readonly bytes: number
    readonly concurrent: number
    /** Of one that is made in the background. */
    readonly jobRows: number
    readonly jobBytes: number
  }
  readonly jobs: {
    readonly concurrent: number
    readonly most: number
    readonly spoolBytes: number
    readonly expirySeconds: number
  }
  readonly spoolPath: string
  /** Whether the files are of no use behind the end of the process. */
  readonly spoolGoes: boolean
}

/**
 * What the settings say. Without a state that outlives the process, files would be nobody's after it: they lie where
 * no other process looks.
 */
export function exportsOf(read: ExportSettings, keepsState: boolean): ExportConfig {
  return {
    limits: {
      rows: read.exportMaxRows,
      bytes: read.exportMaxBytes,
      concurrent: read.exportConcurrent,
      jobRows: read.exportJobMaxRows,
      jobBytes: read.exportSpoolMaxBytes,
    },
    jobs: {
      concurrent: read.exportJobsConcurrent,
      most: read.exportJobs,
      spoolBytes: read.exportSpoolMaxBytes,
      expirySeconds: read.exportJobExpiry,
    },
    spoolGoes: !keepsState,
    spoolPath: keepsState
      ? read.exportSpoolPath
      : join(tmpdir(), `kcloud-monitor-exports-${process.pid}`),
  }
}
