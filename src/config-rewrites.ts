import { z } from 'zod'
import type { RewriteRule } from './analysis/identity/rewrite.ts'
import { parseJson } from './config-json.ts'

const MOST_RULES = 100
const MATCHES = ['prefix', 'suffix', 'part'] as const satisfies readonly RewriteRule['match'][]
const LONGEST = 253

const name = z
  .string('must be text')
  .max(LONGEST, `must have at most ${LONGEST} characters`)
  .regex(/^[\w.:-]*$/, 'must be a part of a host name as it is: patterns are not known')

const rule: z.ZodType<RewriteRule> = z
  .strictObject(
    {
      match: z.enum(MATCHES, `must be one of ${MATCHES.join(', ')}`),
      text: name.min(1, 'must not be empty'),
      replace: name,
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `${issue.keys.join(', ')}: there is match, text and replace`
          : 'must be {"match":"suffix","text":"-bmc","replace":""}',
    },
  )
  .refine(({ text, replace }) => text !== replace, 'changes nothing')

const rules = z
  .array(rule, 'must be a JSON list: [{"match":"suffix","text":"-bmc","replace":""}]')
  .max(MOST_RULES, `must be at most ${MOST_RULES} rules`)

/** What is changed in the names of nodes before they are looked up, as a JSON list of rules. */
export const nodeRewrites: z.ZodType<readonly RewriteRule[], string> = z
  .string()
  .transform((text, context) => {
    const read = rules.safeParse(parseJson(text))
    if (read.success) return read.data
    for (const { path, message } of read.error.issues)
      context.addIssue({ code: 'custom', message: `${placeOf(path)}${message}` })
    return z.NEVER
  })

/** `[0].match ` */
function placeOf([rule, field]: readonly PropertyKey[]): string {
  if (rule === undefined) return ''
  return field === undefined ? `[${String(rule)}] ` : `[${String(rule)}].${String(field)} `
}
