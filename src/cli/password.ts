import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** A password from standard input: its first line, or typed twice, unseen, at a terminal; undefined when both differ. */
export async function readPassword(): Promise<string | undefined> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).split(/\r?\n/)[0] ?? ''
  const terminal = createInterface({ input: process.stdin, output: nowhere(), terminal: true })
  const ask = (what: string): Promise<string> => {
    process.stderr.write(what)
    return terminal.question('').finally(() => process.stderr.write('\n'))
  }
  terminal.once('SIGINT', () => process.exit(130))
  try {
    const [one, other] = [await ask('Password: '), await ask('Once more: ')]
    return one === other ? one : undefined
  } finally {
    terminal.close()
  }
}

/** Takes what the terminal would echo. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })
