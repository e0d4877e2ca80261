import type { Label } from '../../catalogue/entities.ts'
import type { Measure } from '../../catalogue/measures.ts'
import type { Reading } from '../telemetry/index.ts'

/** What kube-state-metrics 1 writes where there is nothing. */
const NOTHING: ReadonlySet<string> = new Set(['', '<none>'])

/** The first of some rows that says anything under a label; null when none does. */
export function textIn(rows: readonly Reading[], label: Label): string | null {
  for (const { labels } of rows) {
    const text = labels[label]
    if (text !== undefined && !NOTHING.has(text)) return text
  }
  return null
}

/** The value of the first row that has the measure: earlier sources take precedence. */
export function valueIn(rows: readonly Reading[], measure: Measure): number | null {
  for (const { values } of rows) {
    const value = values[measure]
    if (value !== undefined) return value
  }
  return null
}

/** A measure that is 1 or 0. */
export function flagIn(rows: readonly Reading[], measure: Measure): boolean | null {
  const value = valueIn(rows, measure)
  return value === null ? null : value !== 0
}

/** A time in unix seconds; 0 is none. */
export function timeIn(rows: readonly Reading[], measure: Measure): Date | null {
  const seconds = valueIn(rows, measure)
  return seconds === null || seconds <= 0 ? null : new Date(seconds * 1000)
}

/** Who says something of a thing, each once. */
export const sourcesOf = (rows: readonly Reading[]): readonly string[] =>
  [...new Set(rows.map(({ source }) => source))].sort()

/** How much of what: processors and memory by their names, everything else by its own. */
export interface Amounts {
  readonly cpu_cores: number | null
  readonly memory_mb: number | null
  /** Extended resources such as `nvidia_com_gpu`; those in bytes as `…_mb`. */
  readonly resources: Readonly<Record<string, number>>
}

const MEBIBYTE = 2 ** 20

/**
 * Amounts out of rows of one resource each, those of several containers added up. Two names for one resource, as
 * kube-state-metrics 1.4 to 1.9 has them, are one amount: the first.
 */
export function amountsIn(rows: readonly Reading[], measure: Measure): Amounts {
  const amounts = new Map<string, number>()
  for (const [name, amount] of distinctAmounts(rows, measure))
    amounts.set(name, (amounts.get(name) ?? 0) + amount)
  const { cpu = null, memory_mb: memory = null, ...resources } = Object.fromEntries(amounts)
  return { cpu_cores: cpu, memory_mb: memory, resources }
}

type Amount = readonly [name: string, amount: number]

/** Each resource of each container once. */
function distinctAmounts(rows: readonly Reading[], measure: Measure): Iterable<Amount> {
  const found = new Map<string, Amount>()
  for (const { labels, values } of rows) {
    const { resource = '', container = '', unit } = labels
    const value = values[measure]
    const key = `${resource} ${container}`
    if (value !== undefined && !found.has(key)) found.set(key, inOurUnit(resource, unit, value))
  }
  return found.values()
}

function inOurUnit(resource: string, unit: string | undefined, value: number): Amount {
  return unit === 'byte' ? [`${resource}_mb`, value / MEBIBYTE] : [resource, value]
}

/** A share of a whole in percent; null where either is not known or the whole is nothing. */
export function percentOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : (part / whole) * 100
}
