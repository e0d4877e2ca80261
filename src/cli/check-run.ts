import { composeReaders } from '../compose-check.ts'
import { configOrExit } from '../serve.ts'
import { checkCluster } from './check.ts'
import { findingsText } from './check-text.ts'
import type { ClusterFindings } from './findings.ts'
import { progress } from './progress.ts'
import { EXIT_PROBLEMS, EXIT_USAGE, say, sayJson, type JsonOption } from './terminal.ts'

/** What `kcloud check` can be told. */
export interface CheckOptions extends JsonOption {
  readonly cluster?: readonly string[]
  readonly demo?: boolean
}

/** Looks at the asked clusters, tells what was found, and sets the exit status. */
export async function check({
  cluster: wanted,
  demo = false,
  json = false,
}: CheckOptions): Promise<void> {
  const readers = composeReaders(configOrExit({ demo }, EXIT_USAGE))
  try {
    const names = readers.registry.all().map(({ name }) => name)
    const unknown = (wanted ?? []).filter((name) => !names.includes(name))
    if (unknown.length > 0) {
      say(`no cluster ${unknown.join(', ')}; there are ${names.join(', ')}`, 'stderr')
      process.exitCode = EXIT_USAGE
      return
    }
    const findings = await checkAll(readers, wanted ?? names)
    if (json) sayJson({ clusters: findings })
    else say(findings.map((found) => findingsText(found)).join('\n'))
    if (findings.some(({ advice }) => advice.length > 0)) process.exitCode = EXIT_PROBLEMS
  } finally {
    await readers.close()
  }
}

async function checkAll(
  readers: ReturnType<typeof composeReaders>,
  names: readonly string[],
): Promise<readonly ClusterFindings[]> {
  const bar = progress('Looking at clusters', names.length)
  const at = new Date()
  const { signal } = new AbortController()
  try {
    return await Promise.all(
      names.map(async (name) => {
        const found = await checkCluster(readers, name, { at, signal })
        bar.advance()
        return found
      }),
    )
  } finally {
    bar.end()
  }
}
