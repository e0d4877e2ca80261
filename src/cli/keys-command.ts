import { Option, type Command } from 'commander'
import { ROLES } from '../kernel/principal.ts'
import { withServer, type ServerOptions } from './api.ts'
import type { CreateOptions } from './keys-run.ts'
import type { JsonOption } from './terminal.ts'

/** `kcloud keys`: API keys of a running server. */
export function addKeys(program: Command): void {
  const group = program.command('keys').description('API keys of a running server')
  withServer(group.command('create'))
    .description('makes a key and prints its secret, this once')
    .argument('<name>', 'what it is for')
    .addOption(new Option('-r, --role <role>', 'what it may do').choices(ROLES).default('viewer'))
    .option(
      '-s, --scope <grant...>',
      'what it may see: seoul, seoul/shop or */shop (default: what you may)',
    )
    .option('-e, --expires-in <duration>', 'how long it is good', '90d')
    .option('--json', 'the key as JSON, with its secret')
    .action(async (name: string, options: CreateOptions) =>
      (await import('./keys-run.ts')).create(name, options),
    )
  withServer(group.command('list'))
    .description('your keys; for an admin those of everybody')
    .option('--json', 'as JSON')
    .action(async (options: ServerOptions & JsonOption) =>
      (await import('./keys-run.ts')).list(options),
    )
  withServer(group.command('revoke'))
    .description('ends a key at once')
    .argument('<id>', 'the id of the key, or its name where you have one of that name')
    .action(async (id: string, options: ServerOptions) =>
      (await import('./keys-run.ts')).revoke(id, options),
    )
}
