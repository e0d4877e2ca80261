import { writeSync } from 'node:fs'

/** Somewhere that lines go to. */
export interface LogStream {
  write(line: string): void
}

const MOST_HELD = 65_536
const HELD_MS = 50
const STANDARD_OUTPUT = 1

let output: LogStream | undefined

/**
 * The standard output of this process, written to in pieces of many lines: a system call for each line would
 * cost as much as the request it tells of. What is held is written when the process ends, also by an error.
 */
export function bufferedOutput(): LogStream {
  return (output ??= openOutput())
}

function openOutput(): LogStream {
  let held = ''
  const take = (): string => {
    const lines = held
    held = ''
    return lines
  }
  const flush = (): void => {
    if (held !== '') process.stdout.write(take())
  }
  setInterval(flush, HELD_MS).unref()
  process.once('exit', () => writeNow(take()))
  return {
    write(line) {
      held += line
      if (held.length >= MOST_HELD) flush()
    },
  }
}

/** Nothing runs after `exit`, so that only a synchronous write arrives. */
function writeNow(text: string): void {
  try {
    if (text !== '') writeSync(STANDARD_OUTPUT, text)
  } catch {
    // Whoever read the output has gone.
  }
}
