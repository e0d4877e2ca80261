import { accountPower } from '../../analysis/power/account.ts'
import type { BoardPower, Method } from '../../analysis/power/figures.ts'
import { gpuUse } from '../../analysis/power/gpu-use.ts'
import { distinct } from '../../analysis/power/group.ts'
import { meanKnown, sumKnown } from '../../analysis/power/sum.ts'
import { tokensOf } from '../../analysis/power/tokens.ts'
import { fleetTotal } from '../../analysis/power/totals.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import {
  coarseRange,
  resolveWindow,
  type TimeRange,
  type WindowRequest,
} from '../../kernel/time-range.ts'
import { breakdownOf, type FleetPower, type FleetWindow } from '../../services/fleet/index.ts'
import type { ReadingSeries } from '../../services/telemetry/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { withFindings } from './power.ts'
import { readServing, servingPods, servingWatts, type Serving } from './tokens.ts'

/** How well the power is used: PUE over a window, and utilisation and idle power now. */
export async function powerEfficiency(needs: Needs, asked: Asked, window: WindowRequest) {
  const range = coarseRange(resolveWindow(window, asked.at), MOST_STEPS)
  const { clusters, signal } = asked
  const reading = readServing(needs, asked, range)
  const [read, serving, steps, facility] = await Promise.all([
    needs.fleet.now({ ...asked, workloads: true, details: ['types', 'load'] }),
    reading,
    readSteps(needs, { ...asked, range }, reading),
    needs.telemetry.history({
      entity: 'facility',
      labels: ['meter'],
      measure: 'facility_power_watts',
      summary: 'avg',
      clusters,
      range,
      signal,
    }),
  ])
  const { breakdown, account, findings } = breakdownOf(read, {
    by: 'workload_type',
    idle: 'separate',
  })
  const whole = withFindings(
    { ...read, ...combine([read, serving, steps, facility]) },
    { findings },
  )
  const it = { ...steps, results: steps.results.map((step) => step.it) }
  const drawn = steps.results.map((step) => step.serving)
  return outcome(asked, whole, {
    window: { start: range.start, end: range.end, step_seconds: range.stepSeconds },
    ...usage({ range, it, facility, assumedPue: needs.assumedPue }),
    gpu: gpuFigures(account.boards, read),
    tokens: tokensOf(servingPods(serving, drawn), range.stepSeconds),
    idle: {
      ...idleFigures(breakdown.rows, breakdown.total_power_watts),
      method: dividedBy(fleetTotal(account)),
    },
  })
}

/** As many steps as a mean needs: each of them is accounted by itself. */
const MOST_STEPS = 60

/** What one step comes to: all computers, and the pods that serve. */
interface Step {
  readonly it: ItPower
  readonly serving: ReadonlyMap<string, number>
}

/** Who uses the watts is only read where somebody serves: it is most of the work. */
async function readSteps(
  { fleet }: Needs,
  question: Asked & { readonly range: TimeRange },
  reading: Promise<Serving>,
): Promise<FleetWindow<Step>> {
  const { pods } = await reading
  return fleet.during({ ...question, workloads: pods.size > 0, details: [] }, (moment) => {
    const account = accountPower(moment.input)
    return { it: itPower(fleetTotal(account)), serving: servingWatts(moment, account, pods) }
  })
}

interface ItPower {
  readonly watts: number | null
  readonly coverage: number | null
  readonly method: Method | null
}

const itPower = ({
  total_power_watts: watts,
  coverage,
  method,
}: ReturnType<typeof fleetTotal>): ItPower => ({ watts, coverage, method })

interface Usage {
  readonly range: TimeRange
  readonly it: FleetWindow<ItPower>
  readonly facility: Answer<ReadingSeries>
  readonly assumedPue: number | null
}

/** PUE is a quotient of energies of the same time: steps that lack either are in neither. */
function usage({ range, it, facility, assumedPue }: Usage) {
  // The first point is the start of the window: its watts belong to the time before.
  const computers = it.results.slice(1).map(({ watts }) => watts)
  const site = siteWatts(facility.rows, it.results.length).slice(1)
  const isMetered = site.some((watts, step) => watts !== null && computers[step] !== null)
  const covered = computers.map(
    (watts, step) => watts !== null && (!isMetered || site[step] !== null),
  )
  const itFigures = figuresOf(computers, covered, range.stepSeconds)
  const siteFigures = figuresOf(site, covered, range.stepSeconds)
  return {
    ...pueOf(isMetered ? siteFigures.energy_joules : null, itFigures.energy_joules, assumedPue),
    facility: { ...siteFigures, sources: distinct(facility.rows.map(({ source }) => source)) },
    it: { ...itFigures, ...qualityOf(it.results.slice(1)) },
    covered_seconds: covered.filter(Boolean).length * range.stepSeconds,
    window_seconds: unixSeconds(range.end) - unixSeconds(range.start),
  }
}

/** The meters of all sites together; null where one of them is silent, since the rest would pass for all. */
function siteWatts(rows: readonly ReadingSeries[], length: number): readonly (number | null)[] {
  return Array.from({ length }, (_, step) => {
    const read = rows.map(({ values }) => values[step] ?? null)
    return read.length === 0 || read.includes(null) ? null : sumKnown(read)
  })
}

function figuresOf(
  points: readonly (number | null)[],
  covered: readonly boolean[],
  stepSeconds: number,
) {
  const counted = points.filter((_, step) => covered[step] === true)
  const sum = counted.includes(null) ? null : sumKnown(counted)
  return {
    energy_joules: sum === null ? null : sum * stepSeconds,
    power_watts: sum === null ? null : sum / counted.length,
  }
}

function pueOf(site: number | null, it: number | null, assumed: number | null) {
  if (site !== null && it !== null && it > 0)
    return { pue: site / it, pue_source: 'measured' as const }
  return { pue: assumed, pue_source: assumed === null ? null : ('assumed' as const) }
}

function qualityOf(points: readonly ItPower[]) {
  const known = points.flatMap(({ coverage }) => (coverage === null ? [] : [coverage]))
  const methods = points.flatMap(({ method }) => (method === null ? [] : [method]))
  const method = methods.includes('estimated') ? 'estimated' : (methods[0] ?? null)
  return { coverage: meanKnown(known), method }
}

function gpuFigures(boards: readonly BoardPower[], { loads }: Pick<FleetPower, 'loads'>) {
  const { related_boards: _, ...figures } = gpuUse(boards, loads)
  return figures
}

/** What is divided is as sure as what was measured. */
const dividedBy = ({ method }: Pick<ItPower, 'method'>): Method =>
  method === 'estimated' ? 'estimated' : 'attributed'

interface Row {
  readonly kind: string
  readonly power_watts: number
  readonly percentage: number | null
}

function idleFigures(rows: readonly Row[], total: number | null) {
  const row = (kind: string) => rows.find((one) => one.kind === kind)
  const watts = (kind: string) => (total === null ? null : (row(kind)?.power_watts ?? 0))
  return {
    power_watts: watts('idle'),
    percentage: row('idle')?.percentage ?? null,
    unattributed_watts: watts('unattributed'),
  }
}
