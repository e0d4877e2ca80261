import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { Fleet } from '../../support/fleet.ts'
import type { TestApp } from '../../support/test-app.ts'
import { serveExports } from './serve.ts'

const GPUS = Array.from({ length: 150 }, (_, index) => {
  const labels = `UUID="GPU-${index}",Hostname="node-${index}",gpu="0",modelName="${'NVIDIA H100 '.repeat(4)}"`
  return `DCGM_FI_DEV_POWER_USAGE{${labels}} ${100 + index} 0.0137`
}).join('\n')
const DOWN = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
} as const
/** 3,000 points of 150 devices: far more than fits into the buffers between server and client. */
const PATH = '/api/v1/export/metrics?metric=power_watts&period=50m&step=1s'
const POINTS = 3001

let app: TestApp
let fleet: Fleet
afterEach(() => app.close())

async function serve(more: { concurrent?: number } = {}): Promise<void> {
  ;({ app, fleet } = await serveExports(
    { seoul: GPUS },
    { rows: 10_000_000, bytes: 2 ** 33, ...more },
  ))
  await app.fastify.listen({ host: '127.0.0.1', port: 0 })
}

/** A client that has taken the first bytes, and no more until it is told. */
async function begin(path: string): Promise<IncomingMessage> {
  const { port } = app.fastify.server.address() as AddressInfo
  const headers = { authorization: app.authorization }
  const sent = request({ host: '127.0.0.1', port, path, headers })
  sent.end()
  const [reply] = (await once(sent, 'response')) as [IncomingMessage]
  await once(reply, 'readable')
  return reply
}

const ranges = (): number => fleet.queries.filter((query) => query.includes('POWER_USAGE')).length

/** How many questions were asked, when there are no more for a while. */
async function settled(): Promise<number> {
  let before = -1
  for (let quiet = 0; quiet < 10; quiet = ranges() === before ? quiet + 1 : 0) {
    before = ranges()
    await sleep(50)
  }
  return before
}

async function rest(reply: IncomingMessage): Promise<{ text: Buffer; whole: boolean }> {
  const pieces: Buffer[] = []
  reply.on('data', (piece: Buffer) => pieces.push(piece))
  const whole = await new Promise<boolean>((resolve) => {
    reply.once('end', () => resolve(true))
    reply.once('error', () => resolve(false))
  })
  return { text: Buffer.concat(pieces), whole }
}

const stateOf = async (reply: IncomingMessage): Promise<string> => {
  const [, path = ''] = /<(.+)>/.exec(String(reply.headers['link'])) ?? []
  return (await app.get(path)).json().data.state
}

describe('an export on its way', () => {
  it('asks no faster than its client reads, and stops asking when the client leaves', async () => {
    await serve()
    const reply = await begin(`${PATH}&format=ndjson`)
    const asked = await settled()
    // The samples of the estimate, and some parts of the window: not all of it.
    expect(asked).toBeLessThan(5 + POINTS / 400)
    expect(await stateOf(reply)).toBe('running')
    reply.destroy()
    await settled()
    expect(ranges()).toBe(asked)
    expect(await stateOf(reply)).toBe('failed')
  })

  it('is whole for a client that is slow, with its trailers', async () => {
    await serve()
    const reply = await begin(`${PATH}&format=csv`)
    await settled()
    const { text, whole } = await rest(reply)
    expect(whole).toBe(true)
    expect(reply.trailers['x-export-rows']).toBe(String(POINTS * 150))
    expect(text.toString().trimEnd().split('\r\n')).toHaveLength(POINTS * 150 + 1)
  })

  it('takes its place among those that may be written at once', async () => {
    await serve({ concurrent: 1 })
    const reply = await begin(`${PATH}&format=csv`)
    const second = await app.get('/api/v1/export/power?period=2m')
    expect([second.statusCode, second.headers['retry-after']]).toEqual([429, '10'])
    reply.destroy()
    await settled()
    expect((await app.get('/api/v1/export/power?period=2m')).statusCode).toBe(200)
  })

  it.each(['csv', 'ndjson', 'json', 'parquet', 'excel'])(
    'cannot be taken for whole when the cluster dies: %s',
    async (format) => {
      await serve()
      const reply = await begin(`${PATH}&format=${format}`)
      fleet.set('seoul', DOWN)
      const { text, whole } = await rest(reply)
      expect(reply.statusCode).toBe(200)
      expect(whole).toBe(false)
      expect(reply.complete).toBe(false)
      expect(reply.trailers).toEqual({})
      expect(await stateOf(reply)).toBe('failed')
      await expect(readStrictly(format, text)).rejects.toThrow()
    },
  )
})

/** What a careful reader makes of the bytes. */
async function readStrictly(format: string, bytes: Buffer): Promise<unknown> {
  if (format === 'json') return JSON.parse(bytes.toString()) as unknown
  if (format === 'excel' && !bytes.includes('PK\u0005\u0006')) throw new Error('no directory')
  const dir = await mkdtemp(join(tmpdir(), 'cut-'))
  const path = join(dir, 'file')
  const db = await (await DuckDBInstance.create()).connect()
  try {
    await writeFile(path, bytes)
    const reader = {
      csv: `read_csv('${path}', strict_mode = true, sample_size = -1)`,
      ndjson: `read_json('${path}', format = 'newline_delimited', columns = {time: 'TIMESTAMP', cluster: 'VARCHAR'})`,
      parquet: `read_parquet('${path}')`,
    }[format]
    const { length } = (
      await db.runAndReadAll(`from ${String(reader)} where time is null`)
    ).getRows()
    // The line that says so is a row without a time.
    if (length > 0) throw new Error('a row that is no figure')
    return undefined
  } finally {
    db.closeSync()
    await rm(dir, { recursive: true, force: true })
  }
}
