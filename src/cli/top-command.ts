import { InvalidArgumentError, Option, type Command } from 'commander'
import { ApiError, withServer, type ServerOptions } from './api.ts'
import { EXIT_PROBLEMS, say, sayJson, type JsonOption } from './terminal.ts'
import { DIMENSIONS, readTop, type Snapshot, type TopQuestion } from './top-read.ts'
import { screenText } from './top-screen.ts'

interface Options extends ServerOptions, TopQuestion, JsonOption {
  readonly interval: number
  readonly once?: boolean
}

/** `kcloud top`: where the watts go now, again and again. */
export function addTop(program: Command): void {
  withServer(program.command('top'))
    .description('where the watts of a running server go, live; q ends it')
    .addOption(
      new Option('--by <dimension>', 'what the rows are').choices(DIMENSIONS).default('node'),
    )
    .option('-c, --cluster <name...>', 'only these clusters')
    .option('--interval <seconds>', 'between two looks, 1 to 60', intervalOf, 5)
    .option('--once', 'one look, and no terminal is needed')
    .option('--json', 'one look, as JSON')
    .action(top)
}

function intervalOf(text: string): number {
  const seconds = Number(text)
  if (!(seconds >= 1 && seconds <= 60)) throw new InvalidArgumentError('From 1 to 60 seconds.')
  return seconds
}

async function top(options: Options): Promise<void> {
  try {
    if (options.json === true) sayJson(await readTop(options, options))
    else if (options.once === true || !process.stdout.isTTY) await once(options)
    else await live(options)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    say(error.message, 'stderr')
    process.exitCode = EXIT_PROBLEMS
  }
}

const PAPER = { columns: 140, rows: 60 }

async function once(options: Options): Promise<void> {
  say(screenText(await readTop(options, options), PAPER))
}

const HIDE = '\u001b[?1049h\u001b[?25l'
const SHOW = '\u001b[?25h\u001b[?1049l'

/** Draws until q, Ctrl-C or a signal. The first look must succeed; later ones that fail leave the last on the screen. */
async function live(options: Options): Promise<void> {
  const first = await readTop(options, options)
  const ended = new AbortController()
  const restore = takeTerminal(() => ended.abort())
  try {
    await redraw(options, first, ended.signal)
  } finally {
    restore()
  }
}

async function redraw(options: Options, first: Snapshot, signal: AbortSignal): Promise<void> {
  let shot = first
  draw(shot, null)
  while (await waited(options.interval * 1000, signal)) {
    const next = await lookAgain(options, signal)
    const failed = typeof next === 'string'
    if (!failed) shot = next
    draw(shot, failed ? next : null)
  }
}

async function lookAgain(options: Options, signal: AbortSignal): Promise<Snapshot | string> {
  try {
    return await readTop(options, options, signal)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return error.message
  }
}

function draw(shot: Snapshot, failure: string | null): void {
  const { columns, rows } = process.stdout
  const text = screenText(shot, { columns, rows }, failure)
  process.stdout.write(`\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[K\u001b[J`)
}

/** The whole screen and single keys; gives what gives both back. */
function takeTerminal(end: () => void): () => void {
  process.stdout.write(HIDE)
  const { stdin } = process
  if (stdin.isTTY) stdin.setRawMode(true)
  const onKey = (key: Buffer): void => {
    if (['q', 'Q', '\u0003', '\u001b'].includes(key.toString())) end()
  }
  stdin.on('data', onKey)
  process.once('SIGTERM', end)
  return () => {
    stdin.off('data', onKey)
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
    process.off('SIGTERM', end)
    process.stdout.write(SHOW)
  }
}

/** Waits; false when it was ended before its time. */
function waited(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    if (signal.aborted) done(false)
    const timer = setTimeout(() => done(true), milliseconds)
    const end = (): void => {
      clearTimeout(timer)
      done(false)
    }
    signal.addEventListener('abort', end, { once: true })
  })
}
