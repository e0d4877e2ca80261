import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './real-redis.ts'

/** The program of the Debian package. */
export const ALERTMANAGER = 'prometheus-alertmanager'

/** A running Alertmanager of our own, which tells a webhook of everything at once. */
export interface RealAlertmanager {
  readonly url: string
  /** The alerts that it knows to be firing. */
  active(): Promise<readonly any[]>
  stop(): Promise<void>
}

const READY_WITHIN_MS = 20_000

export async function startAlertmanager(webhook: string): Promise<RealAlertmanager> {
  const dir = await mkdtemp(join(tmpdir(), 'alertmanager-'))
  const config = {
    route: {
      receiver: 'us',
      group_by: ['...'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1h',
    },
    receivers: [{ name: 'us', webhook_configs: [{ url: webhook, send_resolved: true }] }],
  }
  // JSON is YAML.
  await writeFile(join(dir, 'config.yml'), JSON.stringify(config))
  const port = await freePort()
  const child = spawn(
    ALERTMANAGER,
    [
      `--config.file=${join(dir, 'config.yml')}`,
      `--storage.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  )
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const url = `http://127.0.0.1:${port}`
  await ready(url, child)
  return {
    url,
    async active() {
      const reply = await fetch(`${url}/api/v2/alerts?active=true`)
      return (await reply.json()) as readonly any[]
    },
    async stop() {
      process.off('exit', kill)
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  const answers = async (): Promise<boolean> =>
    await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await answers())) {
    if (Date.now() > deadline || child.exitCode !== null)
      throw new Error('Alertmanager is not ready in time')
    await wait(50)
  }
}
