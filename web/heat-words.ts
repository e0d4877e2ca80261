import { byId, table } from './dom.ts'
import { percent, quantity, watts } from './format.ts'
import { COLOURS, scaleOf, type Measure } from './heat-colours.ts'
import { groupedBy } from './heat-layout.ts'
import { text } from './texts.ts'
import type { Accelerator } from './wire.ts'

export interface HeatContent {
  readonly devices: readonly Accelerator[]
  /** How many there are in all; null as long as nobody told. */
  readonly total: number | null
  readonly measure: Measure
}

/** One accelerator in words. */
export function textOf(device: Accelerator | undefined): string {
  if (device === undefined) return ''
  const { cluster, node, type, device_index: index, model, vendor } = device
  const holders = device.allocated_to.map(({ namespace, pod }) => `${namespace}/${pod}`)
  return [
    `${cluster} / ${node ?? '–'} / ${type.toUpperCase()} ${index ?? device.accelerator_id}`,
    model ?? vendor,
    `${text('utilization')} ${percent(device.utilization_percent)}`,
    `${text('temperature')} ${quantity(device.temperature_celsius, '°C')}`,
    `${text('power')} ${watts(device.power_watts)}`,
    ...new Set(holders),
  ].join(' · ')
}

const UNITS: Readonly<Record<Measure, string>> = {
  utilization_percent: '%',
  temperature_celsius: ' °C',
  power_watts: ' W',
}

/** Tells the scale, how many there are, and how many report nothing. */
export function describe({ devices, total, measure }: HeatContent): void {
  const { least, most } = scaleOf(devices, measure)
  byId('heat-least').textContent = `${least}${UNITS[measure]}`
  byId('heat-most').textContent = `${most}${UNITS[measure]}`
  byId('heat-scale').style.background = `linear-gradient(to right, ${COLOURS.join(', ')})`
  byId('heat-note').textContent = countOf(devices, total, measure)
}

function countOf(devices: HeatContent['devices'], total: number | null, measure: Measure): string {
  if (total === null) return text('waiting')
  if (devices.length === 0) return text('noAccelerators')
  const silent = devices.filter((device) => device[measure] === null).length
  const all = text('heatNote', { count: devices.length, silent })
  const part = text('heatPart', { count: devices.length, all: total })
  return devices.length < total ? `${all}. ${part}` : all
}

/** The map in words: by node, since thousands of rows would tell nobody anything. */
export function showTable({ devices }: HeatContent): void {
  const nodes = groupedBy(devices, ({ cluster, node }) => `${cluster} / ${node ?? '–'}`)
  const number = true
  byId('heat-table').replaceChildren(
    table({
      columns: [
        { title: text('node') },
        { title: text('devices'), number },
        { title: text('utilization'), number },
        { title: text('temperature'), number },
        { title: text('power'), number },
        { title: text('notReported'), number },
      ],
      rows: [...nodes].map(([name, members]) => [
        name,
        String(members.length),
        percent(mean(members.map((device) => device.utilization_percent))),
        quantity(highest(members.map((device) => device.temperature_celsius)), '°C'),
        watts(sum(members.map((device) => device.power_watts))),
        String(members.filter((device) => device.power_watts === null).length),
      ]),
    }),
  )
}

type Figures = readonly (number | null)[]

const known = (figures: Figures): readonly number[] => figures.filter((figure) => figure !== null)

const sum = (figures: Figures): number | null =>
  known(figures).length === 0 ? null : known(figures).reduce((all, figure) => all + figure, 0)

const mean = (figures: Figures): number | null => {
  const all = sum(figures)
  return all === null ? null : all / known(figures).length
}

const highest = (figures: Figures): number | null =>
  known(figures).length === 0 ? null : Math.max(...known(figures))
