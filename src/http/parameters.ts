import { z } from 'zod'

const MOST_ROWS = 10_000
const LONGEST_NAME = 253

/** A whole number of a query: digits only, so that an empty text is refused and never a zero. */
export function wholeNumber({ min, max }: { readonly min: number; readonly max: number }) {
  const error = `must be a whole number from ${min} to ${max}`
  const read = (value: unknown) =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return z.preprocess(read, z.int({ error }).min(min, { error }).max(max, { error }))
}

/** Yes or no. */
export const flagText = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean({ error: 'must be true or false' }),
)

/** One name as it stands in the data, compared exactly. */
export const nameText = z
  .string({ error: 'must be given once' })
  .min(1, { error: 'must not be empty' })
  .max(LONGEST_NAME, { error: `must have at most ${LONGEST_NAME} characters` })

/** An exact filter: optional, one value, never a pattern. */
export function exactFilter(description: string) {
  return nameText.optional().describe(description)
}

/** Several names, by repeating the parameter or in a comma list; sorted, so that equal sets are equal. */
export function nameList(description: string) {
  return z
    .preprocess(splitNames, z.array(nameText).min(1).max(100, { error: 'must be at most 100' }))
    .optional()
    .describe(description)
}

/** Several of a few words, likewise, in the order in which they were given. */
export function wordList<const Word extends string>(
  words: readonly [Word, ...Word[]],
  { most, description }: { readonly most: number; readonly description: string },
) {
  const error = `must be at most ${most}`
  return z
    .preprocess(splitWords, z.array(z.enum(words)).min(1).max(most, { error }))
    .describe(description)
}

function splitNames(value: unknown): unknown {
  const words = splitWords(value)
  return Array.isArray(words) ? words.sort() : words
}

function splitWords(value: unknown): unknown {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (!texts.every((text) => typeof text === 'string')) return value
  return [...new Set(texts.flatMap((text) => text.split(',')))]
}

/** Which clusters are asked. All of them without it. */
export const clusterParameter = {
  cluster: nameList('Only these clusters: repeat it, or give a list with commas.'),
}

/** Which part of a list is wanted, and in which order. */
export const pageParameters = {
  limit: wholeNumber({ min: 1, max: MOST_ROWS })
    .default(100)
    .describe('How many rows at most. Default 100.'),
  offset: wholeNumber({ min: 0, max: 10_000_000 })
    .default(0)
    .describe('How many rows to skip. Default 0.'),
  sort: z
    .string({ error: 'must be given once' })
    .regex(/^-?[a-z][a-z0-9_]{0,63}$/, {
      error: 'must be the name of a field, with a leading - for descending',
    })
    .optional()
    .describe('The field to sort by, such as `power_watts`, or `-power_watts` for descending.'),
}

const keptText = z.string({ error: 'must be given once' }).min(1).max(64).optional()

/** Which part of what is kept, by its time; `keptWithin` and `keptPage` of the kernel read it. */
export const keptParameters = {
  period: keptText.describe('How far back from now. Everything that is kept without it.'),
  start: keptText.describe('The start, as RFC 3339 or unix seconds.'),
  end: keptText.describe('The end, as RFC 3339 or unix seconds.'),
  limit: pageParameters.limit,
  offset: pageParameters.offset,
  sort: pageParameters.sort.describe('`-at`, the newest first, or `at`.'),
}

const windowText = z
  .string({ error: 'must be given once' })
  .min(1, { error: 'must not be empty' })
  .max(64, { error: 'must have at most 64 characters' })

/** A window of time; `resolveWindow` of the kernel makes a range of it. */
export const windowParameters = {
  period: windowText
    .optional()
    .describe(
      'How far back from now: `30s`, `5m`, `1h`, `1d`, `1w`, or `1mo` for 30 days. Default `1h`.',
    ),
  start: windowText.optional().describe('The start, as RFC 3339 or unix seconds.'),
  end: windowText.optional().describe('The end, as RFC 3339 or unix seconds. Default: now.'),
  step: windowText
    .optional()
    .describe(
      'The distance of the points. Default: the smallest usual step that gives at most 500.',
    ),
}

/** Whether an answer without the part of a silent cluster is welcome. */
export function partialParameters(byDefault: 'allow' | 'deny') {
  return {
    partial: z
      .enum(['allow', 'deny'])
      .default(byDefault)
      .describe('`deny` refuses an answer that lacks the part of a cluster, with 503.'),
  }
}

/** Who pays for idle power. */
export const idleParameter = {
  idle: z
    .enum(['separate', 'proportional', 'reserved'])
    .default('separate')
    .describe(
      '`separate`: a row of its own; `proportional`: the workloads, by what they use; `reserved`: the workloads, by what they reserved.',
    ),
}
