import type { WholeEvidence } from './evidence.ts'
import { compareText, keyOf } from '../power/group.ts'
import { highestKnown } from '../power/sum.ts'
import { energyFigures, firstOf, joulesOf, peakOf, percentOf } from './figures.ts'
import type { NodeTally } from './power-tally.ts'
import type { ClusterRow, EnergyFigures, NodeRow, ReportFigures, UserRow } from './report.ts'
import type { UserTally } from './use-tally.ts'

/** How many rows a ranking has; what is behind them is one row together. */
const MOST_ROWS = 100

/** The clusters, the one with the most energy first. */
export function clusterRows({ power }: WholeEvidence, whole: number | null): readonly ClusterRow[] {
  const boards = [...power.boards.values()]
  return [...power.clusters.values()]
    .map((tally) => ({
      cluster: tally.cluster,
      ...energyFigures(tally, whole),
      ...peakOf(tally),
      covered_seconds: tally.seconds,
      coverage: tally.nodeSeconds === 0 ? null : tally.coverageSeconds / tally.nodeSeconds,
      nodes: tally.nodes,
      accelerators: boards.filter(({ cluster }) => cluster === tally.cluster).length,
    }))
    .sort((a, b) => firstOf(byEnergy(a, b), compareText(a.cluster, b.cluster)))
}

const byEnergy = (a: EnergyFigures, b: EnergyFigures): number =>
  (b.energy_joules ?? -1) - (a.energy_joules ?? -1)

/** The nodes that are measured or estimated, the one with the most energy first. */
export function nodeSection(evidence: WholeEvidence, whole: number | null): ReportFigures['nodes'] {
  const tallies = [...evidence.power.nodes.values()]
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => firstOf(b.joules - a.joules, compareText(nameOf(a), nameOf(b))))
  const rest = tallies.slice(MOST_ROWS)
  return {
    total: tallies.length,
    rows: tallies
      .slice(0, MOST_ROWS)
      .map((tally, index) => nodeRow(tally, { rank: index + 1, whole, evidence })),
    others: rest.length === 0 ? null : together(rest, whole),
    unplaced: unplaced(evidence, { whole, tallies }),
  }
}

/** What devices drew whose node nobody names, or has no total: with it the nodes add up to all of the energy. */
function unplaced(
  { power }: WholeEvidence,
  { whole, tallies }: { readonly whole: number | null; readonly tallies: readonly NodeTally[] },
): EnergyFigures | null {
  const joules = tallies.reduce((rest, tally) => rest - tally.joules, whole ?? 0)
  const seconds = power.steps.reduce(
    (sum, step) => (step.watts === null ? sum : sum + step.seconds),
    0,
  )
  const isRounding = joules <= (whole ?? 0) * 1e-9
  return isRounding ? null : energyFigures({ joules, seconds }, whole)
}

const nameOf = ({ cluster, node }: NodeTally): string => keyOf(cluster, node)

function nodeRow(
  tally: NodeTally,
  {
    rank,
    whole,
    evidence,
  }: {
    readonly rank: number
    readonly whole: number | null
    readonly evidence: WholeEvidence
  },
): NodeRow {
  const hottest = evidence.temperatures.map(({ nodes }) => nodes.get(nameOf(tally)) ?? null)
  return {
    rank,
    cluster: tally.cluster,
    node: tally.node,
    ...energyFigures(tally, whole),
    ...peakOf(tally),
    method: tally.isEstimated ? 'estimated' : 'measured',
    sources: [...tally.sources].sort(),
    accelerators: tally.boards.size,
    temperature_celsius_max: highestKnown(hottest),
  }
}

/** Things that are one row: their watts are those of all of them at once. */
function together(
  tallies: readonly { readonly joules: number; readonly seconds: number }[],
  whole: number | null,
): EnergyFigures {
  const joules = tallies.reduce((sum, one) => sum + one.joules, 0)
  const watts = tallies.reduce((sum, one) => sum + one.joules / Math.max(1, one.seconds), 0)
  return {
    energy_joules: joules,
    mean_power_watts: watts,
    share_percent: percentOf(joules, whole),
  }
}

/** Users by their energy, then what is not listed, idle and unattributed: the rows add up to all of it. */
export function userRows(
  users: ReadonlyMap<string, UserTally>,
  seconds: number,
): ReportFigures['namespaces'] {
  const tallies = [...users.values()]
  const whole = seconds === 0 ? null : tallies.reduce((sum, { joules }) => sum + joules, 0)
  const named = tallies
    .filter(({ kind }) => kind === 'named')
    .sort((a, b) => firstOf(b.joules - a.joules, compareText(userKey(a), userKey(b))))
  const rest = named.slice(MOST_ROWS)
  const joules = rest.reduce((sum, user) => sum + user.joules, 0)
  const others: readonly UserTally[] =
    rest.length === 0 ? [] : [{ cluster: null, name: 'others', kind: 'named', joules }]
  const row = (user: UserTally, rank: number | null, kind: UserRow['kind']): UserRow => ({
    rank,
    cluster: user.cluster,
    name: kind === 'idle' || kind === 'unattributed' ? kind : user.name,
    kind,
    ...energyFigures({ joules: user.joules, seconds }, whole),
  })
  return {
    total: named.length,
    rows: [
      ...named.slice(0, MOST_ROWS).map((user, index) => row(user, index + 1, 'named')),
      ...others.map((user) => row(user, null, 'others')),
      ...remaindersOf(tallies).map((user) => row(user, null, user.kind)),
    ],
  }
}

const userKey = ({ cluster, name }: UserTally): string => keyOf(cluster, name)

const remaindersOf = (tallies: readonly UserTally[]): readonly UserTally[] =>
  (['idle', 'unattributed'] as const).flatMap((kind) => tallies.filter((one) => one.kind === kind))

/** The energy of all steps; what shares are of. */
export const wholeOf = ({ power }: Pick<WholeEvidence, 'power'>): number | null =>
  joulesOf({
    joules: power.steps.reduce((sum, { watts, seconds }) => sum + (watts ?? 0) * seconds, 0),
    seconds: power.steps.filter(({ watts }) => watts !== null).length,
  })
