import { KCloudError } from '../../kernel/errors.ts'
import { hasValues, identityOf, merge, type Column } from '../../promql/columns.ts'
import type { Labels } from '../../promql/samples.ts'
import { NAME, type Matching, type SetOperation } from './expression.ts'

/** The labels by which a series is matched. */
function signatureOf(labels: Labels, { labels: names, on }: Matching): Labels {
  const kept = Object.entries(labels).filter(([name]) =>
    on ? names.includes(name) : name !== '__name__' && !names.includes(name),
  )
  return Object.fromEntries(kept)
}

function bySignature(columns: readonly Column[], matching: Matching) {
  const groups = new Map<string, Column[]>()
  for (const column of columns) {
    const key = identityOf(signatureOf(column.labels, matching))
    groups.set(key, [...(groups.get(key) ?? []), column])
  }
  return groups
}

/** What becomes of two values; undefined where the pair is left out. */
export type Combine = (left: number, right: number) => number | undefined

export interface Pairing {
  readonly matching: Matching
  readonly combine: Combine
  readonly dropsName: boolean
}

/** Pairs of two sides, one to one at every step, as Prometheus does. Rejects with `unprocessable` where it refuses. */
export function paired(
  [left, right]: readonly [readonly Column[], readonly Column[]],
  { matching, combine, dropsName }: Pairing,
): readonly Column[] {
  const others = bySignature(right, matching)
  for (const group of others.values()) refuseDuplicates(group)
  const results = [...bySignature(left, matching)].flatMap(([key, group]) => {
    const columns = group.map((column) => pairWith(column, others.get(key) ?? [], combine))
    refuseMany(columns)
    return columns.map((column) => ({
      ...column,
      labels: resultLabels(column.labels, matching, dropsName),
    }))
  })
  return merge(results.filter(hasValues))
}

function pairWith(column: Column, others: readonly Column[], combine: Combine): Column {
  const values = new Float64Array(column.values.length)
  const has = new Uint8Array(column.has.length)
  for (const other of others) pairSteps(column, other, { combine, values, has })
  return { labels: column.labels, values, has }
}

interface Pairs {
  readonly combine: Combine
  readonly values: Float64Array
  readonly has: Uint8Array
}

function pairSteps(column: Column, other: Column, { combine, values, has }: Pairs): void {
  for (const [step, present] of column.has.entries()) {
    if (present === 0 || other.has[step] !== 1) continue
    const value = combine(column.values[step] ?? Number.NaN, other.values[step] ?? Number.NaN)
    if (value === undefined) continue
    values[step] = value
    has[step] = 1
  }
}

function resultLabels(labels: Labels, matching: Matching, dropsName: boolean): Labels {
  if (matching.on) return signatureOf(labels, matching)
  const { [NAME]: name, ...others } = labels
  const kept = signatureOf(others, matching)
  return dropsName || name === undefined ? kept : { [NAME]: name, ...kept }
}

function refuseDuplicates(group: readonly Column[]): void {
  if (isAtMostOne(group)) return
  throw refused(
    'found duplicate series for the match group on the right hand-side of the operation; many-to-many matching not allowed: matching labels must be unique on one side',
  )
}

function refuseMany(group: readonly Column[]): void {
  if (isAtMostOne(group)) return
  throw refused('multiple matches for labels: many-to-one matching is not answered here')
}

const refused = (detail: string) => new KCloudError('unprocessable', { detail })

function isAtMostOne(columns: readonly Column[]): boolean {
  const [first] = columns
  if (first === undefined || columns.length === 1) return true
  return first.has.every((_, step) => columns.filter(({ has }) => has[step] === 1).length <= 1)
}

/** Sets of series, at every step by whether the other side has one that matches. */
export function setOf(
  fn: SetOperation,
  [left, right]: readonly [readonly Column[], readonly Column[]],
  matching: Matching,
): readonly Column[] {
  if (fn !== 'or')
    return chosen(left, presenceOf(right, matching), { matching, wanted: fn === 'and' })
  const added = chosen(right, presenceOf(left, matching), { matching, wanted: false })
  return merge([...left, ...added])
}

type Presence = ReadonlyMap<string, Uint8Array>

function presenceOf(columns: readonly Column[], matching: Matching): Presence {
  const presence = new Map<string, Uint8Array>()
  for (const [key, group] of bySignature(columns, matching)) {
    const [first] = group
    presence.set(
      key,
      (first?.has ?? new Uint8Array()).map((_, step) =>
        group.some(({ has }) => has[step] === 1) ? 1 : 0,
      ),
    )
  }
  return presence
}

function chosen(
  columns: readonly Column[],
  presence: Presence,
  { matching, wanted }: { readonly matching: Matching; readonly wanted: boolean },
): readonly Column[] {
  return columns
    .map((column) => {
      const other = presence.get(identityOf(signatureOf(column.labels, matching)))
      const has = column.has.map((own, step) =>
        own === 1 && (other?.[step] === 1) === wanted ? 1 : 0,
      )
      return { ...column, has }
    })
    .filter(hasValues)
}
