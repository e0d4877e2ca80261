import { Option, type Command } from 'commander'
import { ROLES } from '../kernel/principal.ts'
import type { HashOptions } from './users-run.ts'

/** `kcloud users`: entries for the file of users. */
export function addUsers(program: Command): void {
  program
    .command('users')
    .description('users of the file that USERS_FILE names')
    .command('hash')
    .description(
      'an entry for the file of users; the password is asked for, or read from standard input',
    )
    .option('-n, --name <name>', 'the name of the user', 'name')
    .addOption(
      new Option('-r, --role <role>', 'what the user may do').choices(ROLES).default('viewer'),
    )
    .option(
      '-s, --scope <grant...>',
      'what the user may see: seoul, or seoul/shop for one namespace, or */shop (default: everything)',
    )
    .addHelpText(
      'after',
      '\nThe password is never an argument: process lists and histories of shells show those.' +
        '\nExit status: 0 the entry was printed, 2 the command or the password has mistakes.',
    )
    .action(async (options: HashOptions) => (await import('./users-run.ts')).hash(options))
}
