import { faultsOf, strikes, type Fault, type FaultOf, type Place } from './faults.ts'
import { rounded, SENTINEL } from './numbers.ts'
import type { Ask, Line } from './series.ts'
import { SOURCES } from './sources/index.ts'
import { isWithin, startBefore, type Recurring, type Span } from './spans.ts'
import type { Target } from './targets.ts'

/** How a scrape ends: with samples; with none, and the series end; or with nothing new, and nobody notices. */
export type Scrape = 'answered' | 'failed' | 'unnoticed'

/** What Prometheus sees of one target: the truth, as the exporter rounds it, after every fault in between. */
export interface Observation {
  readonly target: Target
  readonly scrapeAt: (seconds: number) => Scrape
  /** The exporter's lines for some time. */
  readonly lines: (ask: Ask) => Iterable<Line>
  /** The value of a line in the sample of a scrape; undefined when the line is not there. */
  readonly read: (line: Line, seconds: number) => number | undefined
  /** The time for which the exporter gives its values: earlier than now when it stands still. */
  readonly clock: (seconds: number) => number
  /** Whether it ever stands still: if not, a line lives exactly as long as it says. */
  readonly isSteady: boolean
}

/** Watches a target. */
export function observe(target: Target): Observation {
  const struck = faultsOn(target)
  const down = [...exporterFaults(struck, target, 'exporter_down'), ...powerCuts(target)]
  const stale = exporterFaults(struck, target, 'exporter_stale')
  const still = [...exporterFaults(struck, target, 'exporter_frozen'), ...stale]
  const spoil = spoiler(struck, target)
  const clock = (seconds: number) => stoppedAt(still, seconds) ?? seconds
  return {
    target,
    isSteady: still.length === 0,
    clock,
    scrapeAt: (seconds) => {
      if (isWithin(down, seconds)) return 'failed'
      return isWithin(stale, seconds) ? 'unnoticed' : 'answered'
    },
    lines: ({ from, until, wants }) =>
      SOURCES[target.source].lines(target, { from: clock(from), until, wants }),
    read: (line, seconds) => {
      const time = clock(seconds)
      const value = time >= line.from && time < line.until ? line.at(time) : undefined
      return value === undefined
        ? undefined
        : rounded(spoil(line, value, seconds), line.metric.form)
    },
  }
}

function faultsOn({ cluster, node }: Target): readonly Fault[] {
  return cluster.faults.filter((fault) => {
    const where: Place = fault.target
    return where.node === undefined || where.node === node?.name
  })
}

type ExporterFault = 'exporter_down' | 'exporter_frozen' | 'exporter_stale'

function exporterFaults(
  faults: readonly Fault[],
  { source }: Target,
  kind: ExporterFault,
): readonly Recurring[] {
  return faultsOf(faults, kind).filter(({ target }) => target.source === source)
}

/** Exporters on a node without power do not answer; that of its BMC runs elsewhere. */
function powerCuts({ node, source }: Target): readonly Recurring[] {
  return source === 'ipmi' ? [] : (node?.outages ?? [])
}

function stoppedAt(still: readonly Recurring[], seconds: number): number | undefined {
  const running = still.filter((span) => isWithin([span], seconds))
  const starts = running.map((span) => startBefore(span, seconds)).filter((at) => at !== undefined)
  return starts.length === 0 ? undefined : Math.min(...starts)
}

type MetricFault = FaultOf<'sentinel' | 'nan' | 'unit_slip'>
type Spoiler = (line: Line, value: number, seconds: number) => number

/** What faults make of a value, in the order of the script. */
function spoiler(faults: readonly Fault[], target: Target): Spoiler {
  const metricFaults: readonly MetricFault[] = [
    ...faultsOf(faults, 'unit_slip'),
    ...faultsOf(faults, 'nan'),
    ...faultsOf(faults, 'sentinel'),
  ]
  if (metricFaults.length === 0) return (_line, value) => value
  const here: Place = {
    cluster: target.cluster.name,
    ...(target.node === undefined ? {} : { node: target.node.name }),
  }
  return (line, value, seconds) =>
    metricFaults
      .filter((fault) => concerns(fault, line, here) && isWithin([fault], seconds))
      .reduce((spoiled, fault) => spoilt(fault, spoiled), value)
}

function concerns({ target }: MetricFault, line: Line, here: Place): boolean {
  const device = line.device === undefined ? {} : { device: line.device }
  return target.metric === line.metric.name && strikes(target, { ...here, ...device })
}

function spoilt(fault: MetricFault, value: number): number {
  if (fault.kind === 'unit_slip') return value * fault.factor
  return fault.kind === 'nan' ? Number.NaN : SENTINEL
}

/** The stretch of time in which a line can have samples. */
export function lifeOf({ isSteady }: Observation, line: Line, span: Span): Span {
  if (!isSteady) return span
  return { from: Math.max(line.from, span.from), until: Math.min(line.until, span.until) }
}
