import type { Accelerator } from './wire.ts'

/** Where a cell stands, in CSS pixels. */
export interface Cell {
  readonly device: Accelerator
  readonly x: number
  readonly y: number
}

export interface HeatLayout {
  readonly cells: readonly Cell[]
  /** The names of the clusters, above their cells. */
  readonly titles: readonly { readonly name: string; readonly y: number }[]
  readonly columns: number
  /** Of a cell with the gap behind it. */
  readonly size: number
  readonly height: number
}

const TITLE = 22
const LARGEST = 26
const LEAST = 7
const WANTED_HEIGHT = 420

/** The order of the map: cluster, node, place in the node. */
export const inOrder = (devices: readonly Accelerator[]): readonly Accelerator[] =>
  devices
    .map((device) => ({ device, key: sortKey(device) }))
    .sort((a, b) => byText(a.key, b.key))
    .map(({ device }) => device)

const sortKey = ({ cluster, node, type, device_index: index }: Accelerator): string =>
  [cluster, node ?? '', type, String(index ?? 0).padStart(4, '0')].join('\n')

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

/** One cell for each device, cluster below cluster; as large as lets the map be seen at once, where that is possible. */
export function layOut(devices: readonly Accelerator[], width: number): HeatLayout {
  const fitting = Math.floor(Math.sqrt((width * WANTED_HEIGHT) / Math.max(1, devices.length)))
  const size = Math.max(LEAST, Math.min(LARGEST, fitting))
  const columns = Math.max(1, Math.floor(width / size))
  const cells: Cell[] = []
  const titles: { name: string; y: number }[] = []
  let top = 0
  for (const [name, members] of groupedBy(devices, ({ cluster }) => cluster)) {
    titles.push({ name, y: top })
    top += TITLE
    members.forEach((device, place) => {
      const row = Math.floor(place / columns)
      cells.push({ device, x: (place % columns) * size, y: top + row * size })
    })
    top += Math.ceil(members.length / columns) * size + size / 2
  }
  return { cells, titles, columns, size, height: Math.ceil(top) }
}

/** Things by a name, in the order in which the names come up. */
export function groupedBy<Thing>(
  things: readonly Thing[],
  nameOf: (thing: Thing) => string,
): ReadonlyMap<string, readonly Thing[]> {
  const groups = new Map<string, Thing[]>()
  for (const thing of things) {
    const group = groups.get(nameOf(thing))
    if (group === undefined) groups.set(nameOf(thing), [thing])
    else group.push(thing)
  }
  return groups
}

/** The cell at a point. */
export function cellAt(layout: HeatLayout, x: number, y: number): number {
  const { cells, size } = layout
  return cells.findIndex((cell) => within(x - cell.x, size) && within(y - cell.y, size))
}

const within = (distance: number, size: number): boolean => distance >= 0 && distance < size

type Step = (columns: number, count: number) => number

const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['ArrowLeft', () => -1],
  ['ArrowRight', () => 1],
  ['ArrowUp', (columns) => -columns],
  ['ArrowDown', (columns) => columns],
  ['Home', (_columns, count) => -count],
  ['End', (_columns, count) => count],
])

/** The cell that a key leads to; null for a key that leads nowhere. */
export function cellByKey(layout: HeatLayout, from: number, key: string): number | null {
  const step = STEPS.get(key)?.(layout.columns, layout.cells.length)
  if (step === undefined || layout.cells.length === 0) return null
  if (from < 0) return 0
  return Math.max(0, Math.min(layout.cells.length - 1, from + step))
}
