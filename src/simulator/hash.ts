import type { NonEmpty } from '../kernel/kind.ts'

/**
 * A whole number in 0 … 2^32 - 1 from whole numbers: the only chance in here, so that the same question always
 * has the same answer, in any order.
 */
export function hash(...parts: readonly number[]): number {
  let state = 0x9e3779b9
  for (const part of parts) {
    state = Math.imul(state ^ (part | 0), 0x85ebca6b)
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
    state ^= state >>> 16
  }
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
  return (state ^ (state >>> 12)) >>> 0
}

/** A seed from a seed and a name (FNV-1a). */
export function seedOf(seed: number, name: string): number {
  let state = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1)
    state = Math.imul(state ^ name.charCodeAt(index), 0x01000193)
  return hash(seed, state)
}

/** At least 0 and below 1. */
export function fraction(...parts: readonly number[]): number {
  return hash(...parts) / 2 ** 32
}

/** A whole number from `least` to `most`, both included. */
export function whole(least: number, most: number, ...parts: readonly number[]): number {
  return least + Math.floor(fraction(...parts) * (most - least + 1))
}

/** One of a list. */
export function pick<T>(list: NonEmpty<T>, ...parts: readonly number[]): T {
  return list[hash(...parts) % list.length] ?? list[0]
}

/** Text of `length` characters of an alphabet. */
export function letters(alphabet: string, length: number, seed: number): string {
  let text = ''
  for (let index = 0; index < length; index += 1)
    text += alphabet.charAt(hash(seed, index) % alphabet.length)
  return text
}

/** A UUID in lower case, without a version of its own. */
export function uuid(seed: number): string {
  const words = [0, 1, 2, 3].map((index) => hash(seed, index).toString(16).padStart(8, '0'))
  const digits = words.join('')
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
  ]
  return [...parts, digits.slice(20)].join('-')
}
