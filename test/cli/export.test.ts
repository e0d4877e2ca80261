import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../src/kernel/errors.ts'
import { GPUS, serveExports } from '../domains/export/serve.ts'
import { CREDENTIALS } from '../support/test-app.ts'

const PROGRAM = join(import.meta.dirname, '../../src/cli/kcloud.ts')
const TSX = join(import.meta.dirname, '../../node_modules/tsx/dist/loader.mjs')
const WINDOW = ['--period', '10m', '--step', '1m']

let served: Awaited<ReturnType<typeof serveExports>>
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kcloud-'))
})
afterEach(async () => served.app.close())
afterAll(() => rmSync(dir, { recursive: true, force: true }))

async function serve(): Promise<void> {
  served = await serveExports({ seoul: GPUS })
  await served.app.fastify.listen({ host: '127.0.0.1', port: 0 })
}

function kcloud(args: readonly string[], password = CREDENTIALS.password) {
  const { port } = served.app.fastify.server.address() as AddressInfo
  const env = {
    PATH: process.env['PATH'],
    KCLOUD_URL: `http://127.0.0.1:${port}`,
    API_AUTH_USERNAME: CREDENTIALS.username,
    KCLOUD_PASSWORD: password,
  }
  return new Promise<{ status: number | null; stdout: Buffer; stderr: string }>((done) => {
    const options = { env, cwd: dir, timeout: 60_000 }
    const child = spawn(process.execPath, ['--import', TSX, PROGRAM, 'export', ...args], options)
    const out: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', (piece: Buffer) => out.push(piece))
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
    child.on('close', (status) => done({ status, stdout: Buffer.concat(out), stderr }))
  })
}

describe('kcloud export', () => {
  it('writes a table to a file of its name, and tells what it wrote as JSON', async () => {
    await serve()
    const args = ['metrics', '-m', 'power_watts', 'memory_used_mb', ...WINDOW, '--json']
    const { status, stdout } = await kcloud(args)
    expect(status).toBe(0)
    const told = JSON.parse(stdout.toString())
    const [name = ''] = readdirSync(dir)
    expect(name).toMatch(/^kcloud-metrics-gpu-.*\.csv$/)
    const bytes = readFileSync(join(dir, name))
    expect(told).toEqual({
      file: name,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rows: 88,
      status: 'complete',
    })
    expect(bytes.toString().split('\r\n')[0]).toContain('power_watts,memory_used_mb')
  })

  it('writes to standard output, and is what the API sends', async () => {
    await serve()
    const { status, stdout } = await kcloud(['power', ...WINDOW, '-f', 'ndjson', '-o', '-'])
    expect(status).toBe(0)
    const reply = await served.app.get('/api/v1/export/power?period=10m&step=1m&format=ndjson')
    expect(stdout.toString()).toBe(reply.body)
  })

  it('waits for what is made in the background', async () => {
    await serve()
    const dates = ['--start-date', '2026-11-20', '--timezone', 'Europe/Berlin']
    const args = ['report', '-f', 'json', ...dates, '--background', '-o', 'report.json']
    const { status, stderr } = await kcloud(args)
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining('report.json'),
    })
    const { data } = JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8'))
    expect(data.period.start_date).toBe('2026-11-20')
  })

  it('says why there is no file, with status 1', async () => {
    await serve()
    const wrong = await kcloud(['power', ...WINDOW], 'wrong')
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('KCLOUD_PASSWORD')])
    const unknown = await kcloud(['power', ...WINDOW, '-c', 'tokyo'])
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining('tokyo')])
    served.fleet.set('seoul', {
      fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
    })
    const down = await kcloud(['power', ...WINDOW, '--background'])
    expect(down.status).toBe(1)
    expect(readdirSync(dir)).toEqual([])
  })

  it('knows its formats, with status 2 for others', async () => {
    await serve()
    const { status, stderr } = await kcloud(['power', '-f', 'docx'])
    expect(status).toBe(2)
    expect(stderr).toContain('Allowed choices are json, ndjson, csv, parquet, excel, pdf')
  })
})
