import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Message } from './parent.ts'

/** A script of this folder in a process of its own, which answers one message at a time. */
export interface Child<Ready, Ask, Reply> {
  /** What it said when it was ready. */
  readonly ready: Ready
  ask(message: Ask): Promise<Reply>
  /** Seconds of CPU, user and system, that its process has used so far. */
  cpuSeconds(): Promise<number>
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Flags of Node, such as `--cpu-prof`. */
  readonly flags?: readonly string[]
}

const running = new Set<ChildProcess>()

/** Starts a script as in production and waits until it is ready. Rejects when it ends before. */
export async function startChild<Ready = null, Ask = null, Reply = null>(
  script: string,
  { env = {}, flags = [] }: ChildOptions = {},
): Promise<Child<Ready, Ask, Reply>> {
  if (running.size === 0) process.once('exit', killAll)
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    execArgv: ['--import', 'tsx', ...flags],
    serialization: 'advanced',
    // What a server logs is written, but to nowhere.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const put = async (message: object): Promise<Message> => {
    child.send(message)
    return messageOf(child, script)
  }
  const { content: ready } = await messageOf(child, script)
  return {
    // Each script says itself what it takes and gives.
    ready: ready as Ready,
    ask: async (content) => (await put({ content })).content as Reply,
    cpuSeconds: async () => (await put({})).cpuSeconds,
    stop: () => stop(child),
  }
}

function messageOf(child: ChildProcess, script: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) =>
      reject(new Error(`${script} ended with ${code ?? 'a signal'}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Message)
    })
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.disconnect()
  await ended
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}
