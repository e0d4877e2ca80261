import { Argument, Command } from 'commander'
import { readVersion } from '../version.ts'
import { addCheck } from './check-command.ts'
import { completionScript, SHELLS } from './completion.ts'
import { addDashboards } from './dashboards-command.ts'
import { addExport } from './export-command.ts'
import { addKeys } from './keys-command.ts'
import { addServe } from './serve-command.ts'
import { addSimulate } from './simulate-command.ts'
import { EXIT_USAGE, say } from './terminal.ts'
import { addTop } from './top-command.ts'
import { addUsers } from './users-command.ts'

/** The commands of `kcloud`. A command that is used wrongly ends the process with status 2. */
export function createProgram(): Command {
  const program = new Command('kcloud')
    .description('Power, performance, cost and carbon of AI clouds, from many Prometheus servers')
    .version(readVersion(process.env).version)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : EXIT_USAGE))
  addServe(program)
  addCheck(program)
  addTop(program)
  addExport(program)
  addSimulate(program)
  addDashboards(program)
  addUsers(program)
  addKeys(program)
  addCompletion(program)
  return program
}

function addCompletion(program: Command): void {
  program
    .command('completion')
    .description(
      'prints a script that completes these commands, such as for source <(kcloud completion bash)',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: (typeof SHELLS)[number]) => say(completionScript(program, shell)))
}
