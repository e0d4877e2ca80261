import type { Labels, Sample } from '../../promql/samples.ts'

/** How rows are told apart: by some labels, and by the name of their metric where they are kept apart by that. */
interface Told {
  /** The metrics that are wanted: others are left out where the rows say which they are of. */
  readonly names: readonly string[]
  readonly by: readonly string[]
  readonly named: boolean
}

/** The rows that a query of less would have had: the highest value of those that are then one. */
export type Narrow = (rows: readonly Sample[], told: Told) => readonly Sample[]

interface Narrowed {
  readonly key: string
  readonly labels: Labels
}

/** What is known of labels goes with them, which are the same objects from one answer to the next. */
type Shape = WeakMap<Labels, Narrowed>

/** Sets of labels that questions tell rows apart by: the catalogue has fewer. */
const MOST_SHAPES = 500

/** What came once is narrowed once: replies that are kept are read again and again. */
export function createNarrow(): Narrow {
  const shapes = new Map<string, Shape>()
  const done = new WeakMap<readonly Sample[], Map<string, readonly Sample[]>>()
  const shapeOf = (key: string): Shape => {
    const shape = shapes.get(key) ?? new WeakMap<Labels, Narrowed>()
    if (shapes.size >= MOST_SHAPES) shapes.clear()
    shapes.set(key, shape)
    return shape
  }
  return (rows, { names, by, named }) => {
    const labels = named ? ['__name__', ...by] : by
    const made = done.get(rows) ?? new Map<string, readonly Sample[]>()
    const key = `${labels.join()} ${names.join()}`
    const known = made.get(key) ?? highest(ofMetrics(rows, names), labels, shapeOf(labels.join()))
    done.set(rows, made.set(key, known))
    return known
  }
}

function ofMetrics(rows: readonly Sample[], names: readonly string[]): readonly Sample[] {
  const wanted = new Set(names)
  return rows.filter(({ labels: { __name__: name } }) => name === undefined || wanted.has(name))
}

function highest(
  rows: readonly Sample[],
  names: readonly string[],
  shape: Shape,
): readonly Sample[] {
  const places = new Map<string, number>()
  const kept: Sample[] = []
  for (const row of rows) {
    const { key, labels } = narrowed(row.labels, names, shape)
    const place = places.get(key) ?? kept.length
    places.set(key, place)
    kept[place] = higherOf(kept[place], row, labels)
  }
  return kept
}

function narrowed(labels: Labels, names: readonly string[], shape: Shape): Narrowed {
  const known = shape.get(labels)
  if (known !== undefined) return known
  // In the order in which the backend gave them, as they are shown in warnings.
  const own = Object.fromEntries(
    Object.entries(labels).filter(([name, value]) => value !== '' && names.includes(name)),
  )
  const key = names.map((name) => own[name] ?? '').join('\u0000')
  const made = { key, labels: own }
  shape.set(labels, made)
  return made
}

/** As Prometheus does: NaN gives way to whatever else there is. */
function higherOf(known: Sample | undefined, { seconds, value }: Sample, labels: Labels): Sample {
  if (known !== undefined && !(value > known.value || Number.isNaN(known.value))) return known
  return { labels, seconds, value }
}
