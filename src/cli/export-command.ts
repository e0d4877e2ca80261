import { Option, type Command } from 'commander'
import { withServer } from './api.ts'
import type { ExportOptions, What } from './export-run.ts'

const TABLES = ['json', 'ndjson', 'csv', 'parquet', 'excel', 'pdf'] as const
const REPORTS = ['pdf', 'excel', 'json'] as const

/** `kcloud export`: figures and reports of a running server as files. */
export function addExport(program: Command): void {
  const group = program
    .command('export')
    .description('figures and reports of a running server, as files')
  power(command(group, 'power', { about: 'power over a window', formats: TABLES, usual: 'csv' }))
  metrics(
    command(group, 'metrics', { about: 'measures over a window', formats: TABLES, usual: 'csv' }),
  )
  report(command(group, 'report', { about: 'a report for people', formats: REPORTS, usual: 'pdf' }))
}

interface Kind {
  readonly about: string
  readonly formats: readonly string[]
  readonly usual: string
}

function command(group: Command, what: What, { about, formats, usual }: Kind): Command {
  return withServer(group.command(what))
    .description(about)
    .addOption(
      new Option('-f, --format <format>', 'the kind of file').choices(formats).default(usual),
    )
    .option('-o, --out <file>', 'where to, or - for standard output (default: the name it has)')
    .option('-c, --cluster <name...>', 'only these clusters')
    .addOption(
      new Option('--partial <policy>', 'what to do when a cluster does not answer').choices([
        'allow',
        'deny',
      ]),
    )
    .option('--background', 'let the server make it in the background, and wait for it')
    .option('--json', 'what was written, as JSON')
    .addHelpText(
      'after',
      '\nExit status: 0 the file is whole, 1 there is no file, 2 the command has mistakes. A file that ends early is removed.',
    )
    .action(async (options: ExportOptions) => (await import('./export-run.ts')).run(what, options))
}

function withWindow(table: Command): Command {
  return table
    .option('--period <duration>', 'the window up to now, such as 6h or 7d')
    .option('--start <time>', 'its start: RFC 3339, or unix seconds')
    .option('--end <time>', 'its end')
    .option('--step <duration>', 'a row each so much, such as 5m')
    .option('--bom', 'begin a CSV with the mark by which spreadsheets know UTF-8')
}

function power(table: Command): void {
  withWindow(table)
    .option('--by <dimension>', 'such as cluster, node, namespace or pod')
    .option('--idle <policy>', 'what becomes of idle power')
}

function metrics(table: Command): void {
  withWindow(table)
    .requiredOption('-m, --metric <name...>', 'the measures, a column each')
    .option('--entity <kind>', 'of what: gpu, npu, node, pod, …')
    .option('--by <label>', 'groups of things, such as by node')
    .option('--aggregation <name>', 'what is made of a group')
    .option('--summary <name>', 'what is made of the samples within a step')
}

function report(paper: Command): void {
  paper
    .addOption(
      new Option('-t, --template <name>', 'the period').choices([
        'daily',
        'weekly',
        'monthly',
        'custom',
      ]),
    )
    .option('--start-date <date>', 'its first day, such as 2026-11-20')
    .option('--end-date <date>', 'its last day')
    .option('--timezone <zone>', 'whose days, such as Asia/Seoul')
    .addOption(new Option('--lang <language>', 'of its words').choices(['en', 'ko']))
}
