import { invalidRequest, KCloudError } from '../../kernel/errors.ts'
import { interpolated, patternOf, unescaped } from './interpolation.ts'
import type { PayloadValue } from './schemas.ts'

/** The options of one metric, as a panel gives them. All reject with `invalid_request` that names the option. */
export interface Payload {
  /** One of a few words. */
  choice<Word extends string>(name: string, words: readonly Word[], byDefault: Word): Word
  text(name: string): string | undefined
  /** A number that is not negative. */
  number(name: string, byDefault: number): number
  /** Those of some names that are meant; undefined where none is given. Rejects with `not_found`. */
  names(name: string, known: readonly string[]): readonly string[] | undefined
}

type Scoped = Parameters<typeof interpolated>[1]

/** Reads the options of a target. `pointer` is where they stand in the request. */
export function payloadOf(
  value: PayloadValue | null | undefined,
  scoped: Scoped,
  pointer: string,
): Payload {
  const fields = fieldsOf(value, pointer)
  const textsOf = (name: string): readonly string[] => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    return (Array.isArray(field) ? field : [field])
      .filter((each) => each !== undefined && each !== null && each !== '')
      .map((each) => interpolated(String(each), scoped))
  }
  const one = (name: string): string | undefined => {
    const [first, second] = textsOf(name)
    if (second !== undefined) throw invalidRequest(`${pointer}/${name}`, 'must be one')
    return first
  }
  return {
    choice: (name, words, byDefault) =>
      choiceOf(one(name), { words, byDefault, pointer: `${pointer}/${name}` }),
    text: (name) => {
      const text = one(name)
      return text === undefined ? undefined : unescaped(text)
    },
    number: (name, byDefault) => numberOf(one(name), byDefault, `${pointer}/${name}`),
    names: (name, known) => namesOf(textsOf(name), known, `${pointer}/${name}`),
  }
}

function fieldsOf(value: PayloadValue | null | undefined, pointer: string) {
  if (typeof value === 'object') return value ?? {}
  if (value === undefined || value.trim() === '') return {}
  const read = parsed(value)
  if (typeof read === 'object' && read !== null && !Array.isArray(read))
    return read as Record<string, unknown>
  throw invalidRequest(pointer, 'must be a JSON object')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // It is told as every other text that is no object.
    return undefined
  }
}

interface Choosing<Word extends string> {
  readonly words: readonly Word[]
  readonly byDefault: Word
  readonly pointer: string
}

function choiceOf<Word extends string>(
  text: string | undefined,
  { words, byDefault, pointer }: Choosing<Word>,
): Word {
  if (text === undefined) return byDefault
  const matches = patternOf(text, pointer)
  const [word, second] = words.filter(matches)
  if (word !== undefined && second === undefined) return word
  throw invalidRequest(pointer, `must be one of ${words.join(', ')}`)
}

function numberOf(text: string | undefined, byDefault: number, pointer: string): number {
  if (text === undefined) return byDefault
  const value = Number(unescaped(text))
  if (Number.isFinite(value) && value >= 0) return value
  throw invalidRequest(pointer, 'must be a number, 0 or more')
}

function namesOf(
  texts: readonly string[],
  known: readonly string[],
  pointer: string,
): readonly string[] | undefined {
  if (texts.length === 0) return undefined
  const found = texts.flatMap((text) => {
    const names = known.filter(patternOf(text, pointer))
    if (names.length > 0) return names
    throw new KCloudError('not_found', {
      detail: `${pointer.slice(pointer.lastIndexOf('/') + 1)}: nothing is called ${JSON.stringify(text.slice(0, 100))}; there are ${known.join(', ')}`,
    })
  })
  return [...new Set(found)].sort()
}
