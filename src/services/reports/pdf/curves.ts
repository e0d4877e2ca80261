import type { Point } from '../../../analysis/report/report.ts'
import { legend, ticksOf, timeAxis, valueAxis, xOf, yOf, type Box, type Scale } from './axis.ts'
import { PAGE, type Sheet } from './page.ts'

/** A series with its colour and name. */
export interface Curve {
  readonly name: string
  readonly colour: string
  readonly points: readonly Point[]
  readonly dashed?: boolean
}

/** A chart over time: areas that are stacked, with lines over them. */
export interface CurveChart {
  readonly areas: readonly Curve[]
  readonly lines: readonly Curve[]
  readonly unit: string
  readonly height: number
  /** The time that the first point is the mean of. */
  readonly stepSeconds: number
  /** Values are divided by this: 1000 for kW. */
  readonly divisor: number
  /** Temperatures and the like do not begin at 0. */
  readonly fromZero: boolean
}

/** Draws a chart across the page, and moves on below it. */
export function curveChart(sheet: Sheet, chart: CurveChart): void {
  const box = {
    x: PAGE.left + 44,
    y: sheet.y + 20,
    width: PAGE.width - 50,
    height: chart.height - 40,
  }
  const stacked = stackOf(chart.areas)
  const { scale, ticks } = scaleOf(chart, stacked, box)
  const { areas, lines, unit } = chart
  const entries = [...areas, ...lines].map(({ colour, name }) => [colour, name] as const)
  legend(sheet, { ...box, y: sheet.y + 3 }, entries)
  for (const [index, area] of areas.entries()) {
    const [upper = [], lower = []] = [stacked[index + 1], stacked[index]]
    drawArea(sheet, { upper, lower, colour: area.colour }, { scale, chart })
  }
  valueAxis(sheet, scale, { ticks, unit })
  for (const curve of lines) drawLine(sheet, curve, { scale, chart })
  timeAxis(sheet, scale)
  sheet.y += chart.height
}

/** The edges of areas that stand on one another; the first is the ground. A gap is one of all areas. */
function stackOf(areas: readonly Curve[]): readonly (readonly Point[])[] {
  const ground = (areas[0]?.points ?? []).map(([time]): Point => [time, 0])
  const edges: (readonly Point[])[] = [ground]
  for (const { points } of areas) {
    const below = edges[edges.length - 1] ?? []
    edges.push(
      below.map(([time, value], index): Point => [
        time,
        value === null ? null : value + (points[index]?.[1] ?? 0),
      ]),
    )
  }
  return edges
}

function scaleOf(
  { areas, lines, divisor, fromZero, stepSeconds }: CurveChart,
  stacked: readonly (readonly Point[])[],
  box: Box,
): { readonly scale: Scale; readonly ticks: readonly number[] } {
  const edges = areas.length === 0 ? [] : [stacked.at(-1) ?? []]
  const points = [...edges, ...lines.map((one) => one.points)].flat()
  const values = points.flatMap(([, value]) => (value === null ? [] : [value / divisor]))
  const most = values.reduce((a, b) => Math.max(a, b), fromZero ? 0 : -Infinity)
  const least = fromZero ? 0 : values.reduce((a, b) => Math.min(a, b), Infinity)
  const ticks = values.length === 0 ? [0, 1] : ticksOf(least, Math.max(most, least + 1e-6))
  const times = points.map(([time]) => time)
  const from = times.reduce((a, b) => Math.min(a, b), Infinity) - stepSeconds
  const until = times.reduce((a, b) => Math.max(a, b), -Infinity)
  const scale = { box, least: ticks[0] ?? 0, most: ticks.at(-1) ?? 1, from, until }
  return { scale, ticks }
}

interface Drawing {
  readonly scale: Scale
  readonly chart: CurveChart
}

interface Area {
  readonly upper: readonly Point[]
  readonly lower: readonly Point[]
  readonly colour: string
}

function drawArea({ doc }: Sheet, { upper, lower, colour }: Area, drawing: Drawing): void {
  for (const [first, last] of runsOf(upper)) {
    const top = upper.slice(first, last + 1)
    const bottom = lower.slice(first, last + 1).reverse()
    const outline = [...top, ...bottom].map((point) => placeOf(point, drawing))
    doc
      .polygon(...outline.map(([x, y]) => [x, y]))
      .fillOpacity(0.88)
      .fill(colour)
    doc.fillOpacity(1)
  }
}

function placeOf([time, value]: Point, { scale, chart }: Drawing): readonly [number, number] {
  return [xOf(scale, time), yOf(scale, (value ?? 0) / chart.divisor)]
}

/** The stretches without a gap, as the indices of their first and last point. */
function runsOf(points: readonly Point[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = []
  for (const [index, [, value]] of points.entries()) {
    const last = runs[runs.length - 1]
    if (value === null) continue
    if (last?.[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  return runs
}

function drawLine(
  { doc }: Sheet,
  { points, colour, dashed = false }: Curve,
  drawing: Drawing,
): void {
  for (const [first, last] of runsOf(points)) {
    const [start = [0, null] as const, ...rest] = points.slice(first, last + 1)
    const [x, y] = placeOf(start, drawing)
    doc.moveTo(x, y)
    // A single point is a dash of its own.
    if (rest.length === 0) doc.lineTo(x + 1, y)
    for (const point of rest) doc.lineTo(...placeOf(point, drawing))
    if (dashed) doc.dash(2.5, { space: 2 })
    doc.lineWidth(1.1).lineJoin('round').strokeColor(colour).stroke().undash()
  }
}
