import { randomUUID } from 'node:crypto'
import type { DownloadRequest, StreamedFile } from '../../http/app.ts'
import { KCloudError } from '../../kernel/errors.ts'
import { FORMATS, type Format, type ManifestHead } from '../../services/formats/index.ts'
import type { Needs } from './asked.ts'
import type { Dataset } from './dataset.ts'
import { assertFits, estimate, type Estimate } from './estimate.ts'
import { ownerOf, type Manifests } from './manifests.ts'
import type { ExportParameters } from './parameters.ts'
import { writeDataset, type Written } from './writing.ts'

/** What exports of one server share. */
export interface Desk {
  readonly needs: Needs
  readonly manifests: Manifests
  /** Begins to write; what it gives ends that. Rejects with `rate_limited` when too many are being written. */
  readonly begin: () => () => void
}

/** A desk where so many exports can be written at once. */
export function createDesk(needs: Needs, manifests: Manifests): Desk {
  const { concurrent } = needs.exports.limits
  let writing = 0
  return {
    needs,
    manifests,
    begin() {
      if (writing >= concurrent)
        throw new KCloudError('rate_limited', {
          detail: `${concurrent} exports are being written, and no more at once`,
          retryAfterSeconds: 10,
        })
      writing += 1
      let ended = false
      return () => {
        if (!ended) writing -= 1
        ended = true
      }
    },
  }
}

type Request = DownloadRequest<ExportParameters, unknown>

/** A dataset as a file on its way to whoever asked. */
export async function startExport(
  desk: Desk,
  dataset: Dataset,
  request: Request,
): Promise<StreamedFile> {
  const { partial, signal, query } = request
  const format: Format = FORMATS[query.format]
  const size = await estimate(dataset, { format, partial, signal })
  const { limits } = desk.needs.exports
  assertFits(size, dataset, {
    ...limits,
    mostRows: format.mostRows,
    otherwise: `, or Prefer: respond-async for up to ${limits.jobRows} rows`,
  })
  const head = headOf(desk.needs, dataset, { id: randomUUID(), ...request })
  let written: Written | undefined
  return {
    kind: 'streamed',
    fileName: fileNameOf(dataset, format.extension),
    mediaType: format.mediaType,
    headers: {
      'x-export-id': head.export_id,
      'x-export-estimated-rows': String(size.rows),
      link: `</api/v1/export/manifests/${head.export_id}>; rel="describedby"`,
    },
    open: async () => {
      const opened = await openExport(desk, { dataset, request, head, size })
      written = opened.written
      return opened.bytes
    },
    trailers: { names: TRAILERS, values: () => (written === undefined ? {} : trailersOf(written)) },
    ...(format.broken !== undefined && { broken: format.broken }),
  }
}

interface About extends Pick<Request, 'query' | 'partial' | 'at'> {
  readonly id: string
}

/** What is known of an export before its first row. */
export function headOf(needs: Needs, dataset: Dataset, about: About): ManifestHead {
  const { id, query, partial, at } = about
  const { range } = dataset
  return {
    export_id: id,
    export: dataset.name,
    title: dataset.title,
    format: query.format,
    producer: `KCloud Monitor ${needs.version.version}`,
    simulated: needs.simulated,
    created_at: at,
    parameters: { cluster: query.cluster ?? null, ...dataset.parameters, partial, bom: query.bom },
    window: { start: range.start, end: range.end, step_seconds: range.stepSeconds },
    columns: dataset.columns,
  }
}

/** `kcloud-power-by-node-20261120T000000Z-20261120T010000Z.csv` */
export function fileNameOf({ name, slug, range }: Dataset, extension: string): string {
  const [start, end] = [range.start, range.end].map((time) =>
    time.toISOString().replace(/\.\d+/, '').replace(/[-:]/g, ''),
  )
  return `kcloud-${name}-${slug}-${start}-${end}${extension}`
}

interface Opening {
  readonly dataset: Dataset
  readonly request: Request
  readonly head: ManifestHead
  readonly size: Estimate
}

async function openExport(desk: Desk, { dataset, request, head, size }: Opening) {
  const { query, partial, signal, principal } = request
  const owner = ownerOf(principal)
  const end = desk.begin()
  try {
    const { pointsEach } = size
    const { format, bom } = query
    const written = await writeDataset(dataset, { format, bom, partial, pointsEach, head, signal })
    return { written, bytes: noted(written, { desk, head, owner, end }) }
  } catch (error) {
    end()
    throw error
  }
}

interface Noting {
  readonly desk: Desk
  readonly head: ManifestHead
  readonly owner: string
  readonly end: () => void
}

/** The bytes, with a note of what becomes of them. */
async function* noted(
  written: Written,
  { desk, head, owner, end }: Noting,
): AsyncGenerator<Uint8Array> {
  const { manifests } = desk
  const unknown = { owner, head, manifest: null, bytes: null, sha256: null }
  manifests.put(head.export_id, { ...unknown, state: 'running' })
  let whole = false
  try {
    yield* written.bytes
    whole = true
  } finally {
    end()
    manifests.put(
      head.export_id,
      whole ? { owner, head, state: 'done', ...written.end() } : { ...unknown, state: 'failed' },
    )
  }
}

const TRAILERS = ['X-Export-Status', 'X-Export-Rows', 'X-Export-SHA256', 'X-Export-Rows-SHA256']

function trailersOf(written: Written): Readonly<Record<string, string>> {
  const { manifest, sha256 } = written.end()
  const values = [manifest.status, String(manifest.row_count), sha256, manifest.rows_sha256]
  return Object.fromEntries(TRAILERS.map((name, index) => [name, values[index] ?? '']))
}
