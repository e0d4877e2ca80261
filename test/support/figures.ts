/** One number or word of an answer, by its place: things in lists go by their names, points by their times. */
export type Figures = ReadonlyMap<string, Leaf>

export interface Leaf {
  readonly value: unknown
  /** The objects that hold it, the answer's `data` first. */
  readonly within: readonly string[]
}

const NAMES = [
  'cluster',
  'node',
  'namespace',
  'pod',
  'container',
  'id',
  'gpu_id',
  'npu_id',
  'vm_id',
  'name',
  'sensor_name',
  'sensor',
  'key',
  'group',
  'source',
  'metric',
  'partition_id',
  'core_id',
  'resource',
  'type',
  'status',
  'from',
  'to',
  'timestamp',
  'time',
  'at',
  'vendor',
  'model',
  'label',
  'labels',
  'kind',
  'resource_type',
] as const

/** Every leaf of an answer. */
export function figuresIn(data: unknown): Figures {
  const found = new Map<string, Leaf>()
  visit(data, { place: '', within: [''] }, found)
  return found
}

interface Place {
  readonly place: string
  readonly within: readonly string[]
}

function visit(value: unknown, { place, within }: Place, found: Map<string, Leaf>): void {
  if (Array.isArray(value)) {
    const list = value as readonly unknown[]
    const seen = new Map<string, number>()
    for (const [index, each] of list.entries()) {
      const name = nameOf(each) ?? String(index)
      const count = seen.get(name) ?? 0
      seen.set(name, count + 1)
      visit(each, { place: `${place}[${name}${count === 0 ? '' : `#${count}`}]`, within }, found)
    }
    return
  }
  if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value))
      visit(each, { place: `${place}.${name}`, within: [...within, place] }, found)
    return
  }
  found.set(place, { value, within })
}

/** What tells a thing from the others of its list; undefined for what has no name. */
function nameOf(thing: unknown): string | undefined {
  if (Array.isArray(thing)) return typeof thing[0] === 'string' ? thing[0] : undefined
  if (typeof thing !== 'object' || thing === null) return undefined
  const fields = thing as Readonly<Record<string, unknown>>
  const said = NAMES.flatMap((name) => {
    const value = fields[name]
    if (typeof value === 'string') return [value]
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [JSON.stringify(value)]
      : []
  })
  return said.length === 0 ? undefined : said.join('/')
}
