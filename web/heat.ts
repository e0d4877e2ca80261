import { byId, element, table } from './dom.ts'
import { percent, quantity, watts } from './format.ts'
import { COLOURS, scaleOf, shadeOf, type Measure } from './heat-colours.ts'
import { cellAt, cellByKey, groupedBy, inOrder, layOut, type HeatLayout } from './heat-layout.ts'
import { text } from './texts.ts'
import type { Accelerator } from './wire.ts'

export interface HeatContent {
  readonly devices: readonly Accelerator[]
  /** How many there are in all. */
  readonly total: number
  readonly measure: Measure
}

export interface HeatMap {
  show(content: HeatContent): void
  /** Draws it anew, in other colours or another language. */
  redraw(): void
}

/** All accelerators on one canvas, which is drawn only when a cell has another colour or place than before. */
export function heatMap(): HeatMap {
  const place = byId('heat')
  const canvas = place.querySelector('canvas') as HTMLCanvasElement
  let content: HeatContent = { devices: [], total: 0, measure: 'utilization_percent' }
  let layout = layOut([], 1)
  let chosen = -1
  let drawn = ''
  let frame = 0
  const paint = (): void => {
    frame = 0
    layout = layOut(content.devices, place.clientWidth)
    const shades = shadesOf(layout, content.measure)
    const picture = `${place.clientWidth} ${chosen} ${devicePixelRatio} ${layout.titles.map(({ name }) => name).join()} ${shades.join()}`
    if (picture !== drawn) drawHeat({ canvas, layout, shades, chosen, width: place.clientWidth })
    drawn = picture
  }
  const soon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(paint)
  }
  const choose = (cell: number): void => {
    if (cell === chosen) return
    chosen = cell
    byId('heat-cell').textContent = textOf(layout.cells[cell]?.device)
    soon()
  }
  place.onpointermove = (event) => choose(cellAt(layout, event.offsetX, event.offsetY))
  place.onpointerdown = place.onpointermove
  place.onkeydown = (event) => {
    const next = cellByKey(layout, chosen, event.key)
    if (next === null) return
    event.preventDefault()
    choose(next)
  }
  new ResizeObserver(soon).observe(place)
  byId('heat-details').ontoggle = () => showTable(content)
  const words = (): void => {
    describe(content)
    byId('heat-cell').textContent = textOf(layout.cells[chosen]?.device)
    if ((byId('heat-details') as HTMLDetailsElement).open) showTable(content)
  }
  return {
    show(next) {
      content = { ...next, devices: inOrder(next.devices) }
      words()
      soon()
    },
    redraw() {
      drawn = ''
      words()
      soon()
    },
  }
}

const shadesOf = ({ cells }: HeatLayout, measure: Measure): readonly number[] => {
  const scale = scaleOf(
    cells.map(({ device }) => device),
    measure,
  )
  return cells.map(({ device }) => shadeOf(device[measure], scale))
}

interface Drawing {
  readonly canvas: HTMLCanvasElement
  readonly layout: HeatLayout
  readonly shades: readonly number[]
  readonly chosen: number
  readonly width: number
}

/** Draws the cells, all of one colour together. */
function drawHeat({ canvas, layout, shades, chosen, width }: Drawing): void {
  const style = getComputedStyle(document.documentElement)
  const context = canvas.getContext('2d')
  if (context === null) return
  canvas.width = width * devicePixelRatio
  canvas.height = layout.height * devicePixelRatio
  canvas.style.height = `${layout.height}px`
  context.scale(devicePixelRatio, devicePixelRatio)
  const byShade = groupedBy([...shades.keys()], (place) => String(shades[place]))
  const side = layout.size - (layout.size > 10 ? 2 : 1)
  for (const [shade, places] of byShade) {
    context.fillStyle = COLOURS[Number(shade)] ?? style.getPropertyValue('--silent')
    context.beginPath()
    for (const place of places) {
      const cell = layout.cells[place]
      if (cell !== undefined) context.rect(cell.x, cell.y, side, side)
    }
    context.fill()
  }
  context.fillStyle = style.getPropertyValue('--text')
  context.font = '600 13px system-ui, sans-serif'
  for (const { name, y } of layout.titles) context.fillText(name, 0, y + 15)
  const marked = layout.cells[chosen]
  if (marked === undefined) return
  context.strokeStyle = style.getPropertyValue('--text')
  context.lineWidth = 2
  context.strokeRect(marked.x, marked.y, side, side)
}

function textOf(device: Accelerator | undefined): string {
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

function describe({ devices, total, measure }: HeatContent): void {
  const { least, most } = scaleOf(devices, measure)
  byId('heat-least').textContent = `${least}${UNITS[measure]}`
  byId('heat-most').textContent = `${most}${UNITS[measure]}`
  byId('heat-scale').style.background = `linear-gradient(to right, ${COLOURS.join(', ')})`
  const silent = devices.filter((device) => device[measure] === null).length
  const all = text('heatNote', { count: devices.length, silent })
  const part = text('heatPart', { count: devices.length, all: total })
  const known = devices.length < total ? `${all}. ${part}` : all
  byId('heat-note').textContent = devices.length === 0 ? text('noAccelerators') : known
}

/** The map in words: by node, since thousands of rows would tell nobody anything. */
function showTable({ devices }: HeatContent): void {
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
    element('p', 'note', ''),
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
