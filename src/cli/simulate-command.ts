import { createWriteStream } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { DEMO_SEED } from '../demo.ts'
import { KCloudError } from '../kernel/errors.ts'
import type { World } from '../simulator/datacentre.ts'
import { scrapeConfig } from '../simulator/discovery.ts'
import { exposition } from '../simulator/exposition.ts'
import { DEMO_FAULTS, type SourceName } from '../simulator/faults.ts'
import { openMetrics } from '../simulator/open-metrics.ts'
import { SOURCES } from '../simulator/sources/index.ts'
import { createWorld } from '../simulator/world.ts'
import { progress } from './progress.ts'
import { portOf } from './serve-command.ts'
import { createExporters } from './simulated-exporters.ts'
import { EXIT_USAGE, say } from './terminal.ts'

interface WorldOptions {
  readonly seed: number
  readonly faults: 'demo' | 'none'
}

/** `kcloud simulate`: the simulator's exporters over HTTP, or what they say as files. */
export function addSimulate(program: Command): void {
  const simulate = program
    .command('simulate')
    .description('the exporters of the built-in datacentre, for a Prometheus of your own')
  addServer(simulate)
  addConfig(simulate)
  addExposition(simulate)
  addHistory(simulate)
}

function withWorld(command: Command): Command {
  return command
    .option('--seed <number>', 'which datacentre', wholeOf, DEMO_SEED)
    .addOption(
      new Option('--faults <script>', 'what goes wrong in it')
        .choices(['demo', 'none'])
        .default('demo'),
    )
}

const worldOf = ({ seed, faults }: WorldOptions): World =>
  createWorld({ seed, faults: faults === 'demo' ? DEMO_FAULTS : [] })

function addServer(simulate: Command): void {
  withWorld(simulate.command('serve'))
    .description('serves every exporter, and service discovery for Prometheus below /sd/<cluster>')
    .option('--host <address>', 'the address to listen at', '127.0.0.1')
    .option('--port <number>', 'the port to listen at, 0 for a free one', portOf, '9900')
    .action((options: WorldOptions & { readonly host: string; readonly port: string }) => {
      const server = createExporters(worldOf(options), () => Date.now() / 1000)
      server.listen(Number(options.port), options.host, () => {
        const { port } = server.address() as AddressInfo
        say(`Simulated exporters: http://${options.host}:${port}/`)
      })
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => {
          server.close()
          server.closeAllConnections()
        })
    })
}

function addConfig(simulate: Command): void {
  withWorld(simulate.command('config'))
    .description('prints a prometheus.yml that scrapes the exporters of a cluster')
    .requiredOption('-c, --cluster <name>', 'the cluster')
    .option('--address <host:port>', 'where simulate serve listens', '127.0.0.1:9900')
    .option('--interval <seconds>', 'between two scrapes', wholeOf, 15)
    .action((options: WorldOptions & ConfigOptions) => {
      told(() => {
        const { cluster, address, interval: intervalSeconds } = options
        const config = scrapeConfig(worldOf(options), { cluster, address, intervalSeconds })
        say(JSON.stringify(config, null, 2))
      })
    })
}

interface ConfigOptions {
  readonly cluster: string
  readonly address: string
  readonly interval: number
}

interface ExpositionOptions extends WorldOptions {
  readonly cluster: string
  readonly node?: string
  readonly source: SourceName
  readonly at?: number
}

function addExposition(simulate: Command): void {
  withWorld(simulate.command('exposition'))
    .description('prints what one exporter says at a time')
    .requiredOption('-c, --cluster <name>', 'the cluster')
    .addOption(
      new Option('-s, --source <name>', 'the exporter')
        .choices(Object.keys(SOURCES))
        .makeOptionMandatory(),
    )
    .option('-n, --node <name>', 'its node, for exporters that run on each')
    .option('--at <time>', 'RFC 3339 or unix seconds; now without it', timeOf)
    .action((options: ExpositionOptions) => {
      const { cluster, node, source, at = Date.now() / 1000 } = options
      told(() => {
        const text = exposition(worldOf(options), { cluster, node, source }, at)
        say(text === '' ? '# This exporter does not answer at that time.' : text)
      })
    })
}

interface HistoryOptions extends WorldOptions {
  readonly cluster: string
  readonly source?: readonly SourceName[]
  readonly start: number
  readonly end: number
  readonly step?: number
  readonly out?: string
}

function addHistory(simulate: Command): void {
  withWorld(simulate.command('history'))
    .description(
      'writes what a Prometheus would have stored, as OpenMetrics for promtool tsdb create-blocks-from openmetrics',
    )
    .requiredOption('-c, --cluster <name>', 'the cluster')
    .requiredOption('--start <time>', 'RFC 3339 or unix seconds', timeOf)
    .requiredOption('--end <time>', 'not included', timeOf)
    .option('--step <seconds>', "between two samples; without it the cluster's own", wholeOf)
    .addOption(
      new Option('-s, --source <name...>', 'only these exporters').choices(Object.keys(SOURCES)),
    )
    .option('-o, --out <file>', 'where to; standard output without it')
    .action(writeHistory)
}

async function writeHistory(options: HistoryOptions): Promise<void> {
  const { cluster, start, end, source: sources, step: stepSeconds, out } = options
  if (start >= end) {
    wrong('--start must be before --end')
    return
  }
  const bar = progress('Kilobytes written', null)
  const pieces = openMetrics(worldOf(options), {
    cluster,
    start,
    end,
    ...(sources !== undefined && { sources }),
    ...(stepSeconds !== undefined && { stepSeconds }),
  })
  function* counted(): Generator<string> {
    for (const piece of pieces) {
      bar.advance(Math.ceil(piece.length / 1024))
      yield piece
    }
  }
  try {
    const to = out === undefined ? process.stdout : createWriteStream(out)
    await pipeline(Readable.from(counted()), to, { end: out !== undefined })
  } catch (error) {
    if (!(error instanceof KCloudError)) throw error
    wrong(error.detail)
  } finally {
    bar.end()
  }
}

/** Runs it, and tells what the simulator does not have. */
function told(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof KCloudError)) throw error
    wrong(error.detail)
  }
}

function wrong(detail: string): void {
  say(detail, 'stderr')
  process.exitCode = EXIT_USAGE
}

function wholeOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A whole number from 1 on.')
  return Number(text)
}

function timeOf(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000
  if (!Number.isFinite(seconds))
    throw new InvalidArgumentError(
      'A time is RFC 3339, such as 2026-11-20T05:00:00Z, or unix seconds.',
    )
  return seconds
}
