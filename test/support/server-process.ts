import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { CREDENTIALS } from './whole-server.ts'
import { freePort } from './real-redis.ts'

/** The server in a process of its own, as `npm start` runs it, so that it can be killed. */
export interface ServerProcess {
  readonly port: number
  readonly url: string
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

const READY_WITHIN_MS = 60_000

/** Starts it on a free port of 127.0.0.1; resolves when it is ready. */
export async function startServerProcess(
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<ServerProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      API_AUTH_USERNAME: CREDENTIALS.username,
      API_AUTH_PASSWORD: CREDENTIALS.password,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'silent',
      ...environment,
    },
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const url = `http://127.0.0.1:${port}`
  await ready(child, `${url}/api/v1/system/readyz`)
  return {
    port,
    url,
    async kill(signal = 'SIGKILL') {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill(signal)
      await ended
    },
  }
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  const isReady = () =>
    fetch(url).then(
      ({ status }) => status === 200,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error('the server is not ready in time')
    await wait(50)
  }
}
