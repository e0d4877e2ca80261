import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError, download, type Downloaded, type ServerOptions } from './api.ts'
import { awaitJob } from './export-job.ts'
import { progress } from './progress.ts'
import { EXIT_PROBLEMS, say, sayJson, type JsonOption } from './terminal.ts'

export type What = 'power' | 'metrics' | 'report'

/** The options of all exports: those that are not about the command itself are parameters of the server. */
export interface ExportOptions extends ServerOptions, JsonOption {
  readonly out?: string
  readonly background?: boolean
  readonly [parameter: string]: unknown
}

const OWN: ReadonlySet<string> = new Set(['url', 'user', 'json', 'out', 'background'])

/** What was written. */
interface Written {
  readonly file: string | null
  readonly bytes: number
  readonly sha256: string
  readonly rows: number | null
  readonly status: string | null
}

/** Writes an export to a file; says why there is none. */
export async function run(what: What, options: ExportOptions): Promise<void> {
  try {
    const reply = await open(what, options)
    const written = await write(reply, options)
    if (options.json === true) sayJson(written)
    else if (written.file !== null) say(summary(written), 'stderr')
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    say(error.message, 'stderr')
    process.exitCode = EXIT_PROBLEMS
  }
}

async function open(what: What, options: ExportOptions): Promise<Downloaded> {
  const path = `/export/${what}?${parametersOf(options)}`
  return options.background === true ? awaitJob(options, path) : download(options, path)
}

/** `--start-date` is `start_date` on the wire; a list is repeated. */
function parametersOf(options: ExportOptions): string {
  const pairs = Object.entries(options).flatMap(([name, value]) => {
    if (OWN.has(name)) return []
    const key = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return [value].flat().map((each): [string, string] => [key, String(each)])
  })
  return new URLSearchParams(pairs).toString()
}

async function write(reply: Downloaded, { out }: ExportOptions): Promise<Written> {
  if (out === '-') return { file: null, ...(await copied(reply, process.stdout)) }
  const file = out ?? nameOf(reply)
  const part = `${file}.part`
  try {
    const written = { file, ...(await copied(reply, createWriteStream(part))) }
    await rename(part, file)
    return written
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Copies a body, and rejects one that is not whole. */
async function copied(reply: Downloaded, to: Writable): Promise<Omit<Written, 'file'>> {
  const sum = createHash('sha256')
  const bytes = await copy(reply.body, to, sum).catch((error: unknown) => {
    throw new ApiError(reasonOf(error), { cause: error })
  })
  const sha256 = sum.digest('hex')
  assertWhole(reply, sha256)
  const { 'x-export-rows': rows, 'x-export-status': status = null } = reply.trailers
  return { bytes, sha256, rows: rows === undefined ? null : Number(rows), status }
}

const KILOBYTE = 1024

async function copy(body: Readable, to: Writable, sum: Hash): Promise<number> {
  const bar = progress('KiB', null)
  let [bytes, shown] = [0, 0]
  try {
    await pipeline(
      body,
      async function* (pieces: AsyncIterable<Buffer>) {
        for await (const piece of pieces) {
          sum.update(piece)
          bytes += piece.length
          const kilobytes = Math.floor(bytes / KILOBYTE)
          bar.advance(kilobytes - shown)
          shown = kilobytes
          yield piece
        }
      },
      to,
      { end: to !== process.stdout },
    )
  } finally {
    bar.end()
  }
  return bytes
}

/** Exports of figures have their sum behind them; a file whose connection ended early has failed before. */
function assertWhole({ trailers }: Downloaded, sha256: string): void {
  const told = trailers['x-export-sha256']
  if (told !== undefined && told !== sha256)
    throw new ApiError('the file is not what the server sent: its sum is another')
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return code.startsWith('UND_') || code === 'ECONNRESET'
    ? 'the file ended early: a cluster or the server stopped answering'
    : `the file cannot be written: ${(error as Error).message}`
}

/** A name without a folder, whatever the server calls it. */
function nameOf({ headers }: Downloaded): string {
  const [, name = 'kcloud-export'] =
    /filename="([^"]+)"/.exec(String(headers['content-disposition'])) ?? []
  return basename(name)
}

function summary({ file, bytes, rows, status }: Written): string {
  const counted = rows === null ? '' : `, ${rows} rows`
  const missing = status === 'partial' ? ', incomplete: a cluster did not answer in full' : ''
  return `${file ?? ''}: ${bytes} bytes${counted}${missing}`
}
