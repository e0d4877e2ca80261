import { RE2JS } from 're2js'

/** Whether a whole text is one that a pattern means. */
export type Pattern = (text: string) => boolean

const LONGEST = 10_000

/**
 * A pattern of a user, in the syntax of RE2, which is that of Prometheus: it stands for the whole text, and takes
 * time in proportion to it, whatever the pattern is. Gives the reason in words where it is none.
 */
export function readPattern(source: string): Pattern | { readonly wrong: string } {
  if (source.length > LONGEST) return { wrong: `it has more than ${LONGEST} characters` }
  try {
    const compiled = RE2JS.compile(`^(?s:${source})$`)
    return (text) => compiled.matches(text)
  } catch (error) {
    if (!(error instanceof Error) || !error.name.startsWith('RE2JS')) throw error
    return { wrong: error.message.replace(/`\^\(\?s:|\)\$`/g, '`') }
  }
}
