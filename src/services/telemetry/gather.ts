import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kind } from '../../kernel/kind.ts'
import { firstOf, gauge, keep, max, type Matcher, type Vector } from '../../promql/expression.ts'
import { render } from '../../promql/render.ts'
import type { Sample } from '../../promql/samples.ts'
import type { PrometheusClient, Reply, Shelf } from '../prometheus/index.ts'
import { createNarrow, type Narrow } from './narrow.ts'
import { nonEmpty } from './origins.ts'

/** What a query selects, where it is the highest value of each group of some metrics and no more. */
export interface Selected {
  readonly names: readonly string[]
  /** The conditions: rows that satisfy one of these sets, the first that has any. */
  readonly sets: readonly (readonly Matcher[])[]
  /** Whether zeros are left out. */
  readonly nonzero: boolean
  readonly by: readonly string[]
  /** Whether rows are kept apart by metric. */
  readonly named: boolean
}

/** A query, and what it selects where it may be answered together with others: the rows of each selection. */
export interface Gatherable {
  readonly query: Vector<Kind>
  readonly selected?: readonly Selected[] | undefined
}

export interface GatherOptions {
  readonly at: Date
  readonly shelf: Extract<Shelf, 'static' | 'realtime'>
  readonly since?: Date | undefined
  readonly signal?: AbortSignal | undefined
}

/** A part of what answers a query, whatever else was asked with it. */
export interface Gathered {
  readonly samples: readonly Sample[]
  readonly warnings: readonly string[]
}

/** Answers one query for one answer of ours. */
export type Gather = (
  client: PrometheusClient,
  asked: Gatherable,
  options: GatherOptions,
) => Promise<readonly Gathered[]>

/**
 * What belongs to one answer, by its signal, selects no metric twice under the same conditions: the queries of one
 * turn are brought together, metric by metric. Those metrics that the same questions are about go into one query, by
 * all labels that any of them needs. What an earlier turn has asked is not asked again. Without a signal each query
 * stands for itself.
 */
export function createGather(): Gather {
  const answers = new WeakMap<AbortSignal, WeakMap<PrometheusClient, Map<string, Place>>>()
  const narrow = createNarrow()
  const placeOf = (client: PrometheusClient, options: GatherOptions): Place | null => {
    const { signal, at, shelf, since } = options
    if (signal === undefined) return null
    const clients = entry(
      answers,
      signal,
      () => new WeakMap<PrometheusClient, Map<string, Place>>(),
    )
    const places = entry(clients, client, () => new Map<string, Place>())
    const key = `${shelf} ${at.getTime()} ${since?.getTime() ?? ''}`
    return entry(places, key, () => newPlace(client, options))
  }
  return async (client, asked, options) => {
    const place = placeOf(client, options)
    if (place === null) return [whole(await client.instant(asked.query, options.at, options))]
    if (asked.selected === undefined) return [whole(await once(place, asked.query))]
    const parts = await Promise.all(asked.selected.map((one) => gathered(place, one, narrow)))
    return parts.flat()
  }
}

/** Where the queries of one answer to one cluster at one time meet. */
interface Place {
  ask(query: Vector<Kind>): Promise<Reply<Sample>>
  readonly replies: Map<string, Promise<Reply<Sample>>>
  readonly told: Map<string, Known>
  waiting: Wanted[]
}

/** A metric that was asked for. */
interface Known {
  readonly by: ReadonlySet<string>
  readonly named: boolean
  readonly part: Part
}

interface Part {
  readonly names: readonly string[]
  readonly by: readonly string[]
  readonly reply: Promise<Reply<Sample>>
}

interface Wanted {
  readonly selected: Selected
  readonly condition: string
  readonly parts: Set<Part>
}

const newPlace = (client: PrometheusClient, options: GatherOptions): Place => ({
  ask: (query) => client.instant(query, options.at, options),
  replies: new Map(),
  told: new Map(),
  waiting: [],
})

const whole = ({ rows, warnings }: Reply<Sample>): Gathered => ({ samples: rows, warnings })

function once(place: Place, query: Vector<Kind>): Promise<Reply<Sample>> {
  return entry(place.replies, render(query), () => {
    const reply = place.ask(query)
    // Those who asked for it listen a turn later: a refusal at once must not pass for one that nobody hears.
    reply.catch(() => undefined)
    return reply
  })
}

async function gathered(
  place: Place,
  selected: Selected,
  narrow: Narrow,
): Promise<readonly Gathered[]> {
  const condition = JSON.stringify([selected.nonzero, selected.sets])
  const wanted: Wanted = { selected, condition, parts: new Set() }
  place.waiting.push(wanted)
  await nextTurn()
  // The first that comes back asks for all.
  if (place.waiting.length > 0) putAll(place, place.waiting.splice(0))
  return Promise.all(
    [...wanted.parts].map(async (part) => {
      const { rows, warnings } = await part.reply
      return { samples: isWider(part, selected) ? narrow(rows, selected) : rows, warnings }
    }),
  )
}

/** Whether a part has rows, or labels, that were not asked for. */
const isWider = (part: Part, { names, by }: Selected): boolean =>
  part.by.length > by.length || part.names.some((name) => !names.includes(name))

/** Finds what each is answered by, and asks for what was not asked before. */
function putAll(place: Place, all: readonly Wanted[]): void {
  const missing = new Map<string, Missing>()
  const find = (wanted: Wanted, name: string): void => {
    const key = `${name} ${wanted.condition}`
    const told = place.told.get(key)
    if (told !== undefined && tells(told, wanted.selected)) wanted.parts.add(told.part)
    else entry(missing, key, (): Missing => ({ name, key, by: [] })).by.push(wanted)
  }
  for (const wanted of all) for (const name of wanted.selected.names) find(wanted, name)
  for (const group of alike([...missing.values()])) put(place, group)
}

/** Rows that are not kept apart by metric are of all that were asked for together. */
function tells(
  { part, by: labels, named: isNamed }: Known,
  { names, by, named }: Selected,
): boolean {
  const fits = isNamed || (!named && part.names.every((name) => names.includes(name)))
  return fits && by.every((label) => labels.has(label))
}

interface Missing {
  readonly name: string
  readonly key: string
  /** Who wants it. */
  readonly by: Wanted[]
}

/** Metrics that the same questions are about, in the order in which they were asked for. */
function alike(missing: readonly Missing[]): readonly (readonly [Missing, ...Missing[]])[] {
  const groups: [Missing, ...Missing[]][] = []
  for (const each of missing) {
    const group = groups.find(
      ([{ by }]) =>
        by.length === each.by.length && by.every((wanted, index) => wanted === each.by[index]),
    )
    if (group === undefined) groups.push([each])
    else group.push(each)
  }
  return groups
}

function put(place: Place, group: readonly [Missing, ...Missing[]]): void {
  const wanted = group[0].by
  const [{ selected }] = nonEmpty(wanted)
  const by = [...new Set(wanted.flatMap((each) => each.selected.by))]
  const named = wanted.some((each) => each.selected.named)
  const names = group.map(({ name }) => name)
  const part: Part = { names, by, reply: once(place, queryOf({ ...selected, names, by, named })) }
  for (const each of wanted) each.parts.add(part)
  for (const { key } of group) place.told.set(key, { by: new Set(by), named, part })
}

/** The query of a selection: the highest value of each group. */
export function queryOf({ names, sets, nonzero, by, named }: Selected): Vector<'gauge'> {
  const grouping = named ? ['__name__', ...by] : by
  const [first, ...others] = nonEmpty(
    sets.map((where) => {
      const rows = gauge(nonEmpty(names), where)
      return max(nonzero ? keep(rows, '!=', 0) : rows, grouping)
    }),
  )
  return others.length === 0 ? first : firstOf([first, ...others])
}

interface Entries<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): unknown
}

/** The value of a key, made where there is none. */
function entry<Key, Value>(entries: Entries<Key, Value>, key: Key, make: () => Value): Value {
  const known = entries.get(key)
  if (known !== undefined) return known
  const value = make()
  entries.set(key, value)
  return value
}
