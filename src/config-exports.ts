import { setting } from './config-setting.ts'
import { bytes, whole } from './config-values.ts'

/** The settings of exports. */
export const exportSettings = {
  exportMaxRows: setting(
    whole(1, 1_000_000_000),
    '5000000',
    'The most rows of one export. More are refused, with an estimate.',
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
}

interface ExportSettings {
  readonly exportMaxRows: number
  readonly exportMaxBytes: number
  readonly exportConcurrent: number
}

/** What is allowed of exports. */
export interface ExportConfig {
  readonly limits: { readonly rows: number; readonly bytes: number; readonly concurrent: number }
}

export function exportsOf(read: ExportSettings): ExportConfig {
  return {
    limits: {
      rows: read.exportMaxRows,
      bytes: read.exportMaxBytes,
      concurrent: read.exportConcurrent,
    },
  }
}
