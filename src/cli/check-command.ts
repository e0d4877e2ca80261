import type { Command } from 'commander'
import type { CheckOptions } from './check-run.ts'

/** `kcloud check`: the configuration, and what there is in each cluster. */
export function addCheck(program: Command): void {
  program
    .command('check')
    .description(
      'reads the configuration and looks at every cluster: what was found, what is missing, which names find no node, what to do',
    )
    .option('-c, --cluster <name...>', 'only these clusters')
    .option('--demo', 'look at the built-in simulator')
    .option('--json', 'findings as JSON')
    .addHelpText(
      'after',
      '\nExit status: 0 all is well, 1 something is to be done, 2 the configuration or the command has mistakes.',
    )
    // The server is large; commands that do without it start without it.
    .action(async (options: CheckOptions) => (await import('./check-run.ts')).check(options))
}
