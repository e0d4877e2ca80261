import { invalidRequest } from '../../kernel/errors.ts'
import { patternOf } from './interpolation.ts'
import type { AdHocFilter } from './schemas.ts'

/** What a dashboard is filtered by, whatever its panels show. */
export interface Filters {
  /** The labels that are filtered by. */
  readonly keys: readonly string[]
  /** Whether a thing with these labels is wanted; an absent label counts as the empty text. */
  accepts(labels: Readonly<Record<string, string | null | undefined>>): boolean
  /** Whether a label may have this value, as far as it is filtered by. */
  acceptsOnly(key: string, value: string): boolean
}

type Test = (value: string) => boolean

/** The labels that can be filtered by. */
export const FILTER_KEYS = [
  'cluster',
  'node',
  'namespace',
  'pod',
  'vendor',
  'model',
  'uuid',
] as const

/** Reads ad-hoc filters. Rejects with `invalid_request` that names the filter. */
export function filtersOf(list: readonly AdHocFilter[]): Filters {
  const tests = list.map((filter, index) => {
    checkKey(filter, index)
    return { key: filter.key, test: testOf(filter, `/body/filters/${index}/operator`) }
  })
  return {
    keys: [...new Set(tests.map(({ key }) => key))],
    accepts: (labels) => tests.every(({ key, test }) => test(labels[key] ?? '')),
    acceptsOnly: (name, value) => tests.every(({ key, test }) => key !== name || test(value)),
  }
}

function checkKey({ key }: AdHocFilter, index: number): void {
  if (FILTER_KEYS.some((each) => each === key)) return
  throw invalidRequest(
    `/body/filters/${index}/key`,
    `${JSON.stringify(key)} cannot be filtered by; there are ${FILTER_KEYS.join(', ')}`,
  )
}

function testOf({ operator, value, values = [value] }: AdHocFilter, pointer: string): Test {
  if (operator === '=') return (text) => text === value
  if (operator === '!=') return (text) => text !== value
  if (operator === '=~') return patternOf(value, pointer)
  if (operator === '!~') return negated(patternOf(value, pointer))
  if (operator === '=|') return (text) => values.includes(text)
  if (operator === '!=|') return (text) => !values.includes(text)
  throw invalidRequest(
    pointer,
    `${JSON.stringify(operator)} does not fit names; there are =, !=, =~, !~, =| and !=|`,
  )
}

const negated =
  (test: Test): Test =>
  (text) =>
    !test(text)
