import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { gauge } from '../../../src/promql/expression.ts'
import {
  clusterSpec,
  createHttpClient,
  type HttpClient,
} from '../../../src/services/prometheus/index.ts'
import { requireReal } from '../../support/real-prometheus.ts'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const PROGRAM = 'victoria-metrics'

describe.skipIf(!requireReal(PROGRAM, PROGRAM))('a real VictoriaMetrics', () => {
  // Within its latency offset, where it would answer for an earlier time unless told not to.
  const now = Math.floor(Date.now() / 1000)
  let url: string
  let dir: string
  let server: ChildProcess
  let client: HttpClient

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'victoria-'))
    const address = `127.0.0.1:${await freePort()}`
    url = `http://${address}`
    const flags = [`-storageDataPath=${dir}`, `-httpListenAddr=${address}`]
    server = spawn(PROGRAM, flags, { stdio: 'ignore' })
    client = createHttpClient(
      clusterSpec(10).parse({ name: 'vm', url, flavour: 'victoriametrics' }),
    )
    await vi.waitFor(() => fetch(`${url}/health`), { timeout: 20_000 })
    const body = [0, 10, 20, 30, 40, 50, 60]
      .map((ago) => `power_watts{gpu="a"} ${300 + ago} ${(now - ago) * 1000}\n`)
      .join('')
    await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body })
    await fetch(`${url}/internal/force_flush`)
  })
  afterAll(async () => {
    await client.close()
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill()
    await ended
    await rm(dir, { recursive: true, force: true })
  })

  it('answers for the time that was asked, not for one before', async () => {
    const { rows } = await client.instant(gauge('power_watts'), new Date(now * 1000), {
      shelf: 'realtime',
    })
    expect(rows).toEqual([
      { labels: { __name__: 'power_watts', gpu: 'a' }, seconds: now, value: 300 },
    ])
  })

  it('answers a range at our own times', async () => {
    const range = {
      start: new Date((now - 61) * 1000),
      end: new Date((now - 33) * 1000),
      stepSeconds: 7,
    }
    const { rows } = await client.range(gauge('power_watts'), range, { shelf: 'series' })
    expect(rows[0]?.seconds.every((seconds) => (seconds - now + 61) % 7 === 0)).toBe(true)
  })

  it('is alive, whether or not it says its version', async () => {
    expect(await client.buildInfo()).toHaveProperty('version')
  })
})
