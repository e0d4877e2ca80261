import { InvalidArgumentError, type Command } from 'commander'

interface Options {
  readonly host?: string
  readonly port?: string
}

/** `kcloud serve` and `kcloud demo`: the server, on the configured clusters or on the simulator. */
export function addServe(program: Command): void {
  withAddress(program.command('serve'))
    .description('starts the server; settings are read from the environment and .env')
    .action((options: Options) => start(options, false))
  withAddress(program.command('demo'))
    .description('starts the server on the built-in simulator, and prints how to ask it')
    .action((options: Options) => start(options, true))
}

function withAddress(command: Command): Command {
  return command
    .option('--host <address>', 'the address to listen at (HOST)')
    .option('--port <number>', 'the port to listen at, 0 for a free one (PORT)', portOf)
}

/** Checks a port. Throws as commander wants it for anything but 0 to 65535. */
export function portOf(text: string): string {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return text
}

/** An option is the setting of its name: it wins over the environment. */
async function start({ host, port }: Options, demo: boolean): Promise<void> {
  if (host !== undefined) process.env['HOST'] = host
  if (port !== undefined) process.env['PORT'] = port
  const { serve } = await import('../serve.ts')
  await serve({ demo })
}
