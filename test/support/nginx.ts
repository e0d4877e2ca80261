import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './real-redis.ts'

/** The program, which Debian keeps away from the PATH of ordinary users. */
export const NGINX = '/usr/sbin/nginx'

/** A running nginx of our own. */
export interface RealNginx {
  readonly url: string
  stop(): Promise<void>
}

const READY_WITHIN_MS = 20_000
const CONFIG = 'docs/manifests/nginx.conf'

/** Starts nginx as the shipped configuration says, in front of servers on these ports. */
export async function startNginx(
  servers: readonly [first: number, second: number],
): Promise<RealNginx> {
  const dir = await mkdtemp(join(tmpdir(), 'nginx-'))
  const port = await freePort()
  const config = (await readFile(CONFIG, 'utf8'))
    .replaceAll('127.0.0.1:8000', `127.0.0.1:${port}`)
    .replaceAll('127.0.0.1:8001', `127.0.0.1:${servers[0]}`)
    .replaceAll('127.0.0.1:8002', `127.0.0.1:${servers[1]}`)
  await writeFile(join(dir, 'site.conf'), config)
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${dir}/${name};`)
    .join('\n')
  await writeFile(
    join(dir, 'nginx.conf'),
    `daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/error.log;
events { worker_connections 512; }
http { access_log off; ${places} include ${dir}/site.conf; }\n`,
  )
  const flags = ['-p', dir, '-e', join(dir, 'error.log'), '-c', join(dir, 'nginx.conf')]
  const child = spawn(NGINX, flags, { stdio: 'inherit' })
  process.once('exit', () => child.kill('SIGKILL'))
  await ready(child, port)
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.kill('SIGKILL')) await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await listens(port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('nginx does not start')
    await wait(20)
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
