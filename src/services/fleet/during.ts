import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Measure } from '../../catalogue/measures.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { withoutUnitJumps } from '../../analysis/power/series-plausibility.ts'
import { combine, type Answer, type Warning } from '../../kernel/answer.ts'
import {
  gapWarnings,
  type ReadingSeries,
  type Reading,
  type Summary,
  type Telemetry,
} from '../telemetry/index.ts'
import { assemblerFor, type Moment } from './assemble.ts'
import type { FleetWindow, FleetWindowQuestion, Needs } from './question.ts'
import { unmatchedWarnings } from './nodes.ts'
import { heardFrom, readPart } from './now.ts'
import { LIVING, samplesAt, samplesIn, type Samples } from './lifetimes.ts'
import {
  partsFor,
  questionOf,
  rowsOf,
  type FleetReading,
  type Part,
  type PartName,
} from './parts.ts'
import { piecesOf, pointsIn } from './pieces.ts'

/** What one part says over a window: facts, or a value for each step. */
interface Told extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly name: PartName
  readonly facts: readonly Reading[]
  readonly series: readonly MeasuredSeries[]
}

interface MeasuredSeries extends ReadingSeries {
  readonly measure: Measure
  readonly samples?: Samples | undefined
}

/** So long the steps of a window are accounted in one turn; a single step is not cut. */
const TURN_MS = 10

/** The power of the asked clusters at every step of a window. */
export async function readDuring<Result>(
  { telemetry, identity }: Needs,
  question: FleetWindowQuestion,
  visit: (moment: Moment) => Result,
): Promise<FleetWindow<Result>> {
  const told = await Promise.all(
    partsFor(question).map(([name, part]) => readTold(telemetry, { name, part, question })),
  )
  const account = combine(told)
  const heard = heardFrom(account.clusters)
  const { kept, jumps } = inOneUnit(told.map((one) => onlyOf(one, new Set(heard))))
  const assembler = assemblerFor(rowsOf(kept.map(({ name, facts }) => [name, facts])), identity)
  const tracks = kept.map(tracksOf)
  const results: Result[] = []
  let turnSince = performance.now()
  for (let step = 0; step < pointsIn(question.range); step += 1) {
    results.push(visit(assembler.moment(rowsAt(tracks, step))))
    // A long window or a large fleet leaves other requests their turn.
    if (performance.now() - turnSince < TURN_MS) continue
    question.signal.throwIfAborted()
    await nextTurn()
    turnSince = performance.now()
  }
  const unmatched = unmatchedWarnings(assembler.unmatched(allRows(kept)))
  const warnings = [...account.warnings, ...unmatched, ...kept.flatMap(gapsIn), ...jumps]
  return { results, heard, ...account, warnings }
}

/** Everything without the stretches in which a series was in another unit, and what is told of those. */
function inOneUnit(told: readonly Told[]): {
  readonly kept: readonly Told[]
  readonly jumps: readonly Warning[]
} {
  const read = told.map((one) => {
    if (!STAYING.has(one.name)) return { one, jumps: [] }
    const { rows, warnings } = withoutUnitJumps(one.series)
    return { one: { ...one, series: rows }, jumps: warnings }
  })
  return { kept: read.map(({ one }) => one), jumps: read.flatMap(({ jumps }) => jumps) }
}

/** The parts whose things stay, so that a gap is a fault. */
const STAYING: ReadonlySet<PartName> = new Set([
  'gpu_power',
  'npu_power',
  'node_power',
  'bmc_power',
])

function gapsIn({ name, series }: Told): readonly Warning[] {
  if (!STAYING.has(name)) return []
  const watts = series.filter(({ measure }) => measure.endsWith('power_watts'))
  return [...groupBy(watts, ({ measure }) => measure)].flatMap(([measure, rows]) =>
    gapWarnings({ measure, entity: name.replace('_power', ''), rows }),
  )
}

interface Asked {
  readonly name: PartName
  readonly part: Part
  readonly question: FleetWindowQuestion
}

async function readTold(telemetry: Telemetry, { name, part, question }: Asked): Promise<Told> {
  if (part.shelf === 'static') {
    const { rows, ...account } = await readPart(telemetry, part, {
      ...question,
      at: question.range.end,
    })
    return { name, facts: rows, series: [], ...account }
  }
  const measures = part.measures ?? (part.presence === undefined ? [] : [part.presence])
  const answers = await Promise.all(
    measures.map((measure) => measured(telemetry, { part, measure, question })),
  )
  const series = answers.flatMap(({ rows }) => rows)
  const counted = LIVING[name]
  if (question.lifetimes !== true || counted === undefined)
    return { name, facts: [], series, ...combine(answers) }
  const counts = await measured(telemetry, {
    part,
    measure: counted,
    question: { ...question, summary: 'count' },
  })
  const samplesOf = samplesIn(counts.rows)
  return {
    name,
    facts: [],
    series: series.map((each) => ({ ...each, samples: samplesOf(each) })),
    ...combine([...answers, counts]),
  }
}

interface Measured {
  readonly part: Part
  readonly measure: Measure
  readonly question: Omit<FleetWindowQuestion, 'summary'> & { readonly summary?: Summary }
}

/** One measure over the whole window, its pieces at once. */
async function measured(
  telemetry: Telemetry,
  { part, measure, question }: Measured,
): Promise<Answer<MeasuredSeries>> {
  const { clusters, signal, range, within, once = false, summary = 'avg', sampleSeconds } = question
  const asked = {
    ...questionOf(part),
    clusters,
    signal,
    measure,
    summary,
    within,
    once,
    sampleSeconds,
  } as const
  const pieces = piecesOf(range)
  const answers = await Promise.all(
    pieces.map((piece) => telemetry.history({ ...asked, range: piece })),
  )
  const total = pointsIn(range)
  let offset = 0
  const rows = answers.flatMap((answer, index) => {
    const from = offset
    offset += pointsIn(pieces[index] ?? range)
    return answer.rows.map((row) => ({ ...row, measure, values: placed(row.values, from, total) }))
  })
  return { rows, ...combine(answers) }
}

/** The points of a piece at their place in the whole window. */
function placed(
  values: readonly (number | null)[],
  from: number,
  total: number,
): readonly (number | null)[] {
  if (values.length === total) return values
  const whole = new Array<number | null>(total).fill(null)
  for (const [index, value] of values.entries()) whole[from + index] = value
  return whole
}

function onlyOf(told: Told, heard: ReadonlySet<string>): Told {
  return {
    ...told,
    facts: told.facts.filter(({ cluster }) => heard.has(cluster)),
    series: told.series.filter(({ cluster }) => heard.has(cluster)),
  }
}

/** The rows of all steps, without their values: whatever had a name. */
function allRows(told: readonly Told[]) {
  return rowsOf(
    told.map(({ name, facts, series }) => {
      const rows = series.map(({ values: _, ...row }): Reading => ({ ...row, values: {} }))
      return [name, [...facts, ...rows]] as const
    }),
  )
}

/** What one part says, ready to be told step by step. */
interface Tracks extends Pick<Told, 'name' | 'facts'> {
  readonly tracks: readonly Track[]
}

/** A series with its row made once: a month has thousands of steps, at most of which most pods are not there. */
interface Track extends Pick<MeasuredSeries, 'measure' | 'values' | 'samples'> {
  readonly row: Omit<FleetReading, 'values'>
}

const tracksOf = ({ name, facts, series }: Told): Tracks => ({
  name,
  facts,
  tracks: series.map(({ values, measure, samples, ...row }) => ({ values, measure, samples, row })),
})

/** The rows of one step: those that have a value there. */
function rowsAt(told: readonly Tracks[], step: number) {
  return rowsOf(
    told.map(({ name, facts, tracks }) => {
      const rows: FleetReading[] = [...facts]
      for (const track of tracks) {
        const value = track.values[step]
        if (value !== null && value !== undefined) rows.push(readingAt(track, value, step))
      }
      return [name, rows] as const
    }),
  )
}

function readingAt({ row, measure, samples }: Track, value: number, step: number): FleetReading {
  const values = { [measure]: value }
  if (samples === undefined) return { ...row, values }
  const counted = samplesAt(samples, step)
  const lived = counted === undefined ? undefined : counted.own / counted.all
  return { ...row, values, lived, samples: counted }
}
