import { invalidRequest } from '../../kernel/errors.ts'
import { readPattern, type Pattern } from '../../services/patterns/index.ts'

/**
 * What Grafana makes of a text with variables: a pattern, in which `.` comes as `\.` and several values as `(a|b)`.
 * So every text is read as one. Rejects with `invalid_request` for one that is none.
 */
export function patternOf(text: string, pointer: string): Pattern {
  const pattern = readPattern(text)
  if (typeof pattern === 'function') return pattern
  throw invalidRequest(
    pointer,
    `${JSON.stringify(text.slice(0, 100))} is no pattern: ${pattern.wrong}`,
  )
}

/** A text without the marks with which Grafana escapes it for a pattern. */
export const unescaped = (text: string): string => text.replace(/\\([^A-Za-z0-9])/g, '$1')

const VARIABLE = /\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)\]\]/g

type Scoped = Readonly<Record<string, { readonly value?: unknown }>>

/** A text with the variables of a panel put in, where the data source has left them. */
export function interpolated(text: string, scoped: Scoped): string {
  return text.replaceAll(VARIABLE, (whole: string, ...names: readonly unknown[]) => {
    const name = names.slice(0, 3).find((each) => typeof each === 'string')
    const known = name === undefined || !Object.hasOwn(scoped, name) ? undefined : scoped[name]
    return known === undefined ? whole : textOf(known.value, whole)
  })
}

function textOf(value: unknown, otherwise: string): string {
  if (Array.isArray(value)) return `(${value.map((each) => escaped(String(each))).join('|')})`
  if (typeof value === 'string') return escaped(value)
  return typeof value === 'number' ? String(value) : otherwise
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
