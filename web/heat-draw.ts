import { COLOURS } from './heat-colours.ts'
import { groupedBy, type Cell, type HeatLayout } from './heat-layout.ts'

export interface Drawing {
  readonly canvas: HTMLCanvasElement
  readonly layout: HeatLayout
  /** The place of each cell's colour; -1 for one that reports nothing. */
  readonly shades: readonly number[]
  /** The cell that is pointed at, or -1. */
  readonly chosen: number
  readonly width: number
}

/** Smaller cells have no room for an outline. */
const OUTLINED = 9

/** Draws the cells, all of one colour together. */
export function drawHeat({ canvas, layout, shades, chosen, width }: Drawing): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const style = getComputedStyle(document.documentElement)
  canvas.width = width * devicePixelRatio
  canvas.height = layout.height * devicePixelRatio
  canvas.style.height = `${layout.height}px`
  context.scale(devicePixelRatio, devicePixelRatio)
  const side = layout.size - (layout.size > 10 ? 2 : 1)
  const placed = layout.cells.map((cell, place) => ({ cell, shade: String(shades[place]) }))
  for (const [shade, same] of groupedBy(placed, (one) => one.shade)) {
    context.fillStyle = COLOURS[Number(shade)] ?? style.getPropertyValue('--silent')
    for (const { cell } of same) context.fillRect(cell.x, cell.y, side, side)
  }
  context.strokeStyle = style.getPropertyValue('--silent')
  if (side > OUTLINED) outline(context, layout, side)
  context.fillStyle = context.strokeStyle = style.getPropertyValue('--text')
  context.font = '600 13px system-ui, sans-serif'
  for (const { name, y } of layout.titles) context.fillText(name, 0, y + 15)
  mark(context, layout.cells[chosen], side)
}

/** On a dark ground the darkest cells would not be seen without. */
function outline(context: CanvasRenderingContext2D, { cells }: HeatLayout, side: number): void {
  for (const { x, y } of cells) context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1)
}

function mark(context: CanvasRenderingContext2D, cell: Cell | undefined, side: number): void {
  if (cell === undefined) return
  context.lineWidth = 2
  context.strokeRect(cell.x, cell.y, side, side)
}
