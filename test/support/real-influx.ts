import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './real-redis.ts'
import { until } from './scraped.ts'

/** The program; its Debian package is influxdb. */
export const INFLUX = 'influxd'

/** Starts an InfluxDB 1, which has no buckets and no tokens: what is written by version 2 is an error to it. */
export async function startInflux() {
  const dir = await mkdtemp(join(tmpdir(), 'real-influx-'))
  const [http, rpc] = await Promise.all([freePort(), freePort()])
  const config = join(dir, 'influxdb.conf')
  const lines = [
    'reporting-disabled = true',
    `bind-address = "127.0.0.1:${rpc}"`,
    `[meta]\n  dir = "${dir}/meta"`,
    `[data]\n  dir = "${dir}/data"\n  wal-dir = "${dir}/wal"`,
    `[http]\n  bind-address = "127.0.0.1:${http}"`,
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  const child = spawn(INFLUX, ['-config', config], { stdio: 'ignore' })
  const ended = new Promise((done) => child.once('exit', done))
  const url = `http://127.0.0.1:${http}`
  await until(() =>
    fetch(`${url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  return {
    url,
    async stop() {
      child.kill()
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}
