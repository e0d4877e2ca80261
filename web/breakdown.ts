import { byId, element, table } from './dom.ts'
import { percent, watts } from './format.ts'
import { text } from './texts.ts'
import { isPart } from './total.ts'
import type { Answer, Breakdown, BreakdownRow } from './wire.ts'

/** A part of the total as it is shown: one row, or several small ones together. */
export interface Part {
  readonly name: string
  readonly kind: BreakdownRow['kind'] | 'others'
  readonly power_watts: number | null
}

const MOST_PARTS = 12

/** The rows by what they draw, small ones together, what is idle and unattributed last: they add up as before. */
export function partsOf(rows: readonly BreakdownRow[]): readonly Part[] {
  const named = rows
    .filter(({ kind }) => kind === 'named')
    .toSorted((a, b) => (b.power_watts ?? 0) - (a.power_watts ?? 0))
  const kept = named.length > MOST_PARTS + 1 ? named.slice(0, MOST_PARTS) : named
  const small = named.slice(kept.length)
  const others: Part = {
    name: text('others', { count: small.length }),
    kind: 'others',
    power_watts: sumOf(small),
  }
  const rest = rows
    .filter(({ kind }) => kind !== 'named')
    .map((row) => ({ ...row, name: row.kind === 'idle' ? text('idle') : text('unattributed') }))
  return [
    ...kept.map((row) => ({ ...row, name: nameOf(row) })),
    ...(small.length > 0 ? [others] : []),
    ...rest,
  ]
}

/** The name of a row: its key, without the cluster where the fleet is one. */
export const nameOf = ({ key }: BreakdownRow): string => Object.values(key).join(' / ')

const sumOf = (rows: readonly { readonly power_watts: number | null }[]): number =>
  rows.reduce((sum, row) => sum + (row.power_watts ?? 0), 0)

// Distinct for eyes that do not tell red from green, too: after Okabe and Ito.
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442']
const GREYS: Readonly<Partial<Record<Part['kind'], string>>> = {
  others: '#8b949e',
  idle: '#adb5bd',
  unattributed: '#6c757d',
}

const colourOf = ({ kind }: Part, place: number): string =>
  GREYS[kind] ?? COLOURS[place % COLOURS.length] ?? '#000'

/** Where the power goes: a bar and a table of the same parts, which add up to the total. */
export function showBreakdown(answer: Answer<Breakdown>): void {
  const { rows, total_power_watts: total } = answer.data
  const parts = partsOf(rows)
  const bound = total !== null && isPart(answer) ? `${text('atLeast')} ` : ''
  byId('breakdown-bar').replaceChildren(
    ...parts.map((part, place) => {
      const piece = element('span', '')
      piece.style.width = `${((part.power_watts ?? 0) / (total ?? 1)) * 100}%`
      piece.style.background = colourOf(part, place)
      return piece
    }),
  )
  const sum = sumOf(rows)
  byId('breakdown').replaceChildren(
    table({
      columns: COLUMNS(),
      rows: parts.map((part, place) => [
        named(part.name, colourOf(part, place)),
        watts(part.power_watts),
        percent(shareOf(part.power_watts, total)),
      ]),
      foot: [text('sum'), bound + watts(total), percent(shareOf(total, total))],
    }),
    ...(Math.abs(sum - (total ?? sum)) < 0.5
      ? []
      : [element('p', 'old', text('doesNotAddUp', { power: watts(sum - (total ?? 0)) }))]),
  )
}

const COLUMNS = () => [
  { title: text('name') },
  { title: text('power'), number: true },
  { title: text('share'), number: true },
]

const shareOf = (part: number | null, total: number | null): number | null =>
  part === null || total === null || total === 0 ? null : (part / total) * 100

function named(name: string, colour: string): HTMLElement {
  const swatch = element('span', 'swatch')
  swatch.style.background = colour
  return element('span', '', swatch, name)
}

const MOST_CONSUMERS = 10

/** The pods that draw most. */
export function showConsumers({ data }: Answer<Breakdown>): void {
  const pods = data.rows
    .filter(({ kind }) => kind === 'named')
    .toSorted((a, b) => (b.power_watts ?? 0) - (a.power_watts ?? 0))
    .slice(0, MOST_CONSUMERS)
  byId('consumers').replaceChildren(
    table({
      columns: [{ title: text('pod') }, ...COLUMNS().slice(1)],
      rows: pods.map((row) => [nameOf(row), watts(row.power_watts), percent(row.percentage)]),
    }),
  )
}
