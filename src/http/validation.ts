import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { KCloudError, type FieldError } from '../kernel/errors.ts'

/** Where each part of a request lies in the pointers of problems. */
const PARTS: Readonly<Record<string, string>> = {
  querystring: '/query',
  params: '/path',
  body: '/body',
  headers: '/headers',
}
const MOST_ERRORS = 20

/** Checks each part of a request against its zod schema; what it refuses becomes an `invalid_request`. */
export const compileValidator: FastifySchemaCompiler<unknown> = ({ schema, httpPart = '' }) => {
  if (!(schema instanceof z.ZodType)) throw new TypeError('a route schema must be a zod schema')
  const check = checker(schema, PARTS[httpPart] ?? '')
  return (value) => ({ value: check(value) })
}

/** Reads a part of requests by its schema; throws an `invalid_request` that names every wrong place. */
export function checker(schema: z.ZodType, part: string): (value: unknown) => unknown {
  const allowed = fieldsOf(schema)
  return (value) => {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    throw invalid(fieldErrors(result.error.issues, { part, allowed }))
  }
}

/** A request that is wrong in these ways. */
function invalid(errors: readonly FieldError[]): KCloudError {
  const detail = errors
    .slice(0, 3)
    .map(({ pointer, detail }) => `${nameOf(pointer)}: ${detail}`)
    .join('; ')
  return new KCloudError('invalid_request', { detail, errors })
}

/** A pointer without the part of the request, unless it is the whole part that is wrong. */
function nameOf(pointer: string): string {
  const [, part = '', ...path] = pointer.split('/')
  return path.length === 0 ? part : path.join('/')
}

/** The names that an object may have, also one of which something is made afterwards. */
function fieldsOf(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodPipe) return fieldsOf(schema.in)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

interface Place {
  readonly part: string
  readonly allowed: readonly string[]
}

function fieldErrors(issues: readonly z.core.$ZodIssue[], place: Place): FieldError[] {
  return issues.flatMap((issue) => errorsOf(issue, place)).slice(0, MOST_ERRORS)
}

function errorsOf(issue: z.core.$ZodIssue, { part, allowed }: Place): FieldError[] {
  // Of a query, the parameter is what has a name, not one of its values.
  const path = part === PARTS['querystring'] ? issue.path.slice(0, 1) : issue.path
  const pointer = [part, ...path.map((step) => escapePointer(String(step)))].join('/')
  if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: detailOf(issue) }]
  const detail =
    issue.path.length > 0
      ? 'is not known here'
      : `is not known here; allowed ${allowed.length === 0 ? 'is nothing' : `are ${allowed.join(', ')}`}`
  return issue.keys.map((key) => ({ pointer: `${pointer}/${escapePointer(key)}`, detail }))
}

const escapePointer = (step: string): string =>
  step.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')

function detailOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input'))
    return issue.message
  return issue.message.endsWith('received undefined') ? 'is required' : `must be ${issue.expected}`
}
