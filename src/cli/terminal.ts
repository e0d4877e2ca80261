/** Something is to be done, or did not work. */
export const EXIT_PROBLEMS = 1
/** The command or the configuration has mistakes. */
export const EXIT_USAGE = 2

/** What every command that answers in JSON has. */
export interface JsonOption {
  readonly json?: boolean
}

/** Prints a text with a line end. */
export function say(text: string, to: 'stdout' | 'stderr' = 'stdout'): void {
  process[to].write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Prints a value as JSON, indented. */
export function sayJson(value: unknown): void {
  say(JSON.stringify(value, null, 2))
}
