import { byId } from './dom.ts'
import { scaleOf, shadeOf, type Measure } from './heat-colours.ts'
import { drawHeat } from './heat-draw.ts'
import { cellAt, cellByKey, inOrder, layOut, type HeatLayout } from './heat-layout.ts'
import { describe, showTable, textOf, type HeatContent } from './heat-words.ts'

export interface HeatMap {
  show(content: HeatContent): void
  /** Draws it anew, in other colours or another language. */
  redraw(): void
}

/** All accelerators on one canvas. */
export function heatMap(): HeatMap {
  const place = byId('heat')
  const details = byId('heat-details') as HTMLDetailsElement
  let content: HeatContent = { devices: [], total: null, measure: 'utilization_percent' }
  const picture = pictureOf(place)
  const words = (): void => {
    describe(content)
    byId('heat-cell').textContent = textOf(picture.chosen())
    if (details.open) showTable(content)
  }
  picture.onChoice(words)
  details.ontoggle = words
  return {
    show(next) {
      content = { ...next, devices: inOrder(next.devices) }
      picture.show(content)
      words()
    },
    redraw() {
      picture.repaint()
      words()
    },
  }
}

/** The canvas, which is drawn only when a cell has another colour or place than before. */
function pictureOf(place: HTMLElement) {
  const canvas = place.appendChild(document.createElement('canvas'))
  canvas.ariaHidden = 'true'
  let shown: Pick<HeatContent, 'devices' | 'measure'> = { devices: [], measure: 'power_watts' }
  let layout = layOut([], 1)
  let chosen = -1
  let drawn = ''
  const frame = onceAFrame(() => {
    const width = place.clientWidth
    layout = layOut(shown.devices, width)
    const shades = shadesOf(layout, shown.measure)
    const titles = layout.titles.map(({ name }) => name)
    const key = [width, devicePixelRatio, chosen, ...titles, ...shades].join()
    if (key !== drawn) drawHeat({ canvas, layout, shades, chosen, width })
    drawn = key
  })
  new ResizeObserver(frame).observe(place)
  return {
    chosen: () => layout.cells[chosen]?.device,
    onChoice(changed: () => void) {
      watchChoice(place, {
        layout: () => layout,
        chosen: () => chosen,
        choose(cell) {
          chosen = cell
          changed()
          frame()
        },
      })
    },
    show(next: Pick<HeatContent, 'devices' | 'measure'>) {
      shown = next
      frame()
    },
    repaint() {
      drawn = ''
      frame()
    },
  }
}

interface Choosing {
  layout(): HeatLayout
  chosen(): number
  choose(cell: number): void
}

/** A cell is chosen by pointing at it or by keys. */
function watchChoice(place: HTMLElement, choosing: Choosing): void {
  const choose = (cell: number): void => {
    if (cell !== choosing.chosen()) choosing.choose(cell)
  }
  place.onpointermove = place.onpointerdown = ({ offsetX, offsetY }) =>
    choose(cellAt(choosing.layout(), offsetX, offsetY))
  place.onkeydown = (event) => {
    const next = cellByKey(choosing.layout(), choosing.chosen(), event.key)
    if (next === null) return
    event.preventDefault()
    choose(next)
  }
}

/** Does it in the next frame, however often that is asked for before. */
function onceAFrame(work: () => void): () => void {
  let frame = 0
  return () => {
    if (frame !== 0) return
    frame = requestAnimationFrame(() => {
      frame = 0
      work()
    })
  }
}

const shadesOf = ({ cells }: HeatLayout, measure: Measure): readonly number[] => {
  const devices = cells.map(({ device }) => device)
  const scale = scaleOf(devices, measure)
  return devices.map((device) => shadeOf(device[measure], scale))
}
