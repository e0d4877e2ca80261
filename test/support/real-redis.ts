import { spawn, type ChildProcess } from 'node:child_process'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'

/** The program, and the Debian package that has it. */
export const REDIS = 'redis-server'

/** A running Redis of our own. */
export interface RealRedis {
  readonly url: string
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** Comes back at the same address, with what it kept. */
  restart(): Promise<void>
}

const READY_WITHIN_MS = 20_000
const running = new Set<ChildProcess>()

/** Starts a Redis on a free port of 127.0.0.1. It keeps what it has only in a directory, and every change at once. */
export async function startRedis(directory?: string): Promise<RealRedis> {
  const port = await freePort()
  let child = await launch(port, directory)
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart() {
      await kill()
      child = await launch(port, directory)
    },
  }
}

async function launch(port: number, directory?: string): Promise<ChildProcess> {
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '']
  const keeping =
    directory === undefined
      ? ['--dir', tmpdir()]
      : ['--dir', directory, '--appendonly', 'yes', '--appendfsync', 'always']
  const child = spawn(REDIS, [...own, ...keeping], { stdio: 'ignore' })
  if (running.size === 0) process.once('exit', killAll)
  running.add(child)
  child.once('exit', () => running.delete(child))
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await answers(port))) {
    if (Date.now() > deadline) throw new Error('redis-server is not ready in time')
    await wait(20)
  }
  return child
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
