/** What one bench found: lines for people, each with its limit, and whether all limits hold. */
export interface BenchResult {
  readonly name: string
  readonly lines: string[]
  readonly pass: boolean
}

/** Prints a result and sets the exit code, for a bench that is run alone. */
export function report({ name, lines, pass }: BenchResult): void {
  console.log(
    [`${name}: ${pass ? 'pass' : 'FAIL'}`, ...lines.map((line) => `  ${line}`)].join('\n'),
  )
  if (!pass) process.exitCode = 1
}
