import uPlot from 'uplot'
import { byId, element, table } from './dom.ts'
import { clock, share, watts } from './format.ts'
import { text } from './texts.ts'
import type { Answer, Forecast, PowerSeries } from './wire.ts'

type Points = readonly (readonly [number, number | null])[]

export interface ChartContent {
  readonly series: Answer<PowerSeries> | null
  readonly forecast: Answer<Forecast> | null
  /** Why there is no forecast. */
  readonly reason: string | null
  /** What the stream told since the series was read: unix seconds and watts. */
  readonly since: Points
}

export interface Chart {
  show(content: ChartContent): void
  /** Draws it anew, in other colours or another language. */
  redraw(): void
}

const HEIGHT = 260

/** Power over time with the band of its forecast. */
export function powerChart(): Chart {
  const place = byId('chart')
  let plot: uPlot | null = null
  let content: ChartContent = { series: null, forecast: null, reason: null, since: [] }
  const draw = (): void => {
    const data = dataOf(content)
    if (plot === null && data[0].length > 0)
      plot = new uPlot(optionsOf(place.clientWidth), data, place)
    else plot?.setData(data)
    byId('chart-note').textContent = noteOf(content)
    if ((byId('chart-details') as HTMLDetailsElement).open) showTable(content)
  }
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT })).observe(
    place,
  )
  byId('chart-details').ontoggle = () => showTable(content)
  return {
    show(next) {
      content = next
      draw()
    },
    redraw() {
      plot?.destroy()
      plot = null
      draw()
    },
  }
}

const measuredOf = ({ series, since }: ChartContent): Points => {
  const read = series?.data.series[0]?.points ?? []
  const last = read.at(-1)?.[0] ?? 0
  return [...read, ...since.filter(([at]) => at > last)]
}

const predictedOf = ({ forecast }: ChartContent) => forecast?.data.predictions ?? []

/** One row of times, and what is known at each: measured, forecast, the band's two sides. */
function dataOf(content: ChartContent): uPlot.AlignedData {
  const measured = measuredOf(content)
  const now = measured.at(-1)?.[0] ?? 0
  const ahead = predictedOf(content)
    .map((point) => ({ ...point, at: Date.parse(point.timestamp) / 1000 }))
    .filter(({ at }) => at > now)
  const none = measured.map(() => null)
  return [
    [...measured.map(([at]) => at), ...ahead.map(({ at }) => at)],
    [...measured.map(([, value]) => value), ...ahead.map(() => null)],
    [...none, ...ahead.map(({ predicted_power: value }) => value)],
    [...none, ...ahead.map(({ lower_80: value }) => value)],
    [...none, ...ahead.map(({ upper_80: value }) => value)],
  ]
}

function optionsOf(width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colour('--quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
  }
  const side = { stroke: 'transparent', points: { show: false } }
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    series: [
      {},
      { stroke: colour('--accent'), width: 2, points: { show: false } },
      { stroke: colour('--forecast'), width: 2, dash: [8, 5], points: { show: false } },
      side,
      side,
    ],
    bands: [{ series: [4, 3], fill: colour('--band') }],
    axes: [
      {
        ...axis,
        space: 70,
        values: (_plot, times) => times.map((at) => clock(new Date(at * 1000))),
      },
      { ...axis, size: 76, values: (_plot, levels) => levels.map((level) => watts(level)) },
    ],
  }
}

function noteOf(content: ChartContent): string {
  const { series, reason } = content
  const values = measuredOf(content).flatMap(([, value]) => value ?? [])
  const past =
    series === null || values.length === 0
      ? text('waiting')
      : text('chartNote', {
          least: watts(Math.min(...values)),
          most: watts(Math.max(...values)),
          percent: share(series.data.coverage.mean),
        })
  const last = predictedOf(content).at(-1)
  if (last === undefined)
    return reason === null ? past : `${past} ${text('noForecast', { reason })}`
  const ahead = text('forecastNote', {
    time: clock(new Date(last.timestamp)),
    power: watts(last.predicted_power),
    lower: watts(last.lower_80),
    upper: watts(last.upper_80),
  })
  return `${past} ${ahead}`
}

const MOST_ROWS = 60

function showTable(content: ChartContent): void {
  const measured = content.series?.data.series[0]?.points ?? []
  const every = Math.ceil(measured.length / MOST_ROWS)
  const past = measured
    .filter((_, place) => (measured.length - 1 - place) % every === 0)
    .map(([at, value]) => [clock(new Date(at * 1000)), watts(value), '–', '–', '–'])
  const ahead = predictedOf(content).map((point) => [
    clock(new Date(point.timestamp)),
    '–',
    watts(point.predicted_power),
    watts(point.lower_80),
    watts(point.upper_80),
  ])
  const titles = [text('measured'), text('forecast'), text('lower'), text('upper')]
  byId('chart-table').replaceChildren(
    element('div', ''),
    table({
      columns: [{ title: text('time') }, ...titles.map((title) => ({ title, number: true }))],
      rows: [...past, ...ahead],
    }),
  )
}
