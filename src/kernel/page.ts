import { invalidRequest } from './errors.ts'

/** Which part of a list is asked for, and in which order: `sort` is a field name, with `-` for descending. */
export interface PageRequest {
  readonly limit: number
  readonly offset: number
  readonly sort?: string | undefined
}

export interface Page {
  readonly total: number
  readonly limit: number
  readonly offset: number
}

/** A part of what is kept in the order of its time. */
export interface KeptPage extends Omit<PageRequest, 'sort'> {
  readonly newestFirst: boolean
}

/** Which part of what is kept is asked for, the newest first where nothing is said. Rejects with `invalid_request`. */
export function keptPage({ limit, offset, sort = '-at' }: PageRequest): KeptPage {
  if (sort !== 'at' && sort !== '-at')
    throw invalidRequest('/query/sort', 'must be one of at, or with a leading -')
  return { limit, offset, newestFirst: sort === '-at' }
}

/**
 * The asked part of `rows`. `sortable` are the fields that can be sorted by; rows that lack the value come
 * last in either direction. Rejects with `invalid_request` when `sort` names another field.
 */
export function paginate<Row extends object>(
  rows: readonly Row[],
  { limit, offset, sort }: PageRequest,
  sortable: readonly (keyof Row & string)[],
): { readonly rows: readonly Row[]; readonly page: Page } {
  const ordered = sort === undefined ? rows : sortBy(rows, sort, sortable)
  return {
    rows: ordered.slice(offset, offset + limit),
    page: { total: rows.length, limit, offset },
  }
}

function sortBy<Row extends object>(
  rows: readonly Row[],
  sort: string,
  sortable: readonly (keyof Row & string)[],
): readonly Row[] {
  const descending = sort.startsWith('-')
  const name = descending ? sort.slice(1) : sort
  const field = sortable.find((candidate) => candidate === name)
  if (field === undefined)
    throw invalidRequest(
      '/query/sort',
      `must be one of ${sortable.join(', ')}, or with a leading -`,
    )
  return [...rows].sort((a, b) => compare(a[field], b[field], descending ? -1 : 1))
}

function compare(a: unknown, b: unknown, direction: 1 | -1): number {
  const absent = Number(isAbsent(a)) - Number(isAbsent(b))
  if (absent !== 0) return absent
  if (typeof a === 'number' && typeof b === 'number') return direction * (a - b)
  return direction * compareText(String(a), String(b))
}

const isAbsent = (value: unknown): boolean => value === null || value === undefined

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
