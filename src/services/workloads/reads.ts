import { groupBy } from '../../analysis/power/group.ts'
import { combine } from '../../kernel/answer.ts'
import type { LatestQuestion, Reading, Telemetry } from '../telemetry/index.ts'
import type { Account, Asked } from './asked.ts'

/** One of several questions that are put at once. */
export type Read = Pick<LatestQuestion, 'entity' | 'labels' | 'measures' | 'shelf'>

export type Where = NonNullable<LatestQuestion['where']>

/** The rows by the question that they answer. */
export type Rows<Name extends string> = Readonly<Record<Name, readonly Reading[]>>

/** What all questions together came to. */
export interface Told<Name extends string> {
  readonly rows: Rows<Name>
  readonly account: Account
}

/** Puts all questions at once; `where` holds for each of them, so all need its labels. */
export async function readAll<Name extends string>(
  telemetry: Telemetry,
  { clusters, at, signal, where }: Asked & { readonly where?: Where | undefined },
  reads: Readonly<Record<Name, Read>>,
): Promise<Told<Name>> {
  const asked = { clusters, at, signal, ...(where !== undefined && { where }) }
  const answers = await Promise.all(
    (Object.keys(reads) as Name[]).map(
      async (name) => [name, await telemetry.latest({ ...reads[name], ...asked })] as const,
    ),
  )
  const rows = answers.map(([name, answer]) => [name, answer.rows] as const)
  return {
    rows: rowsOf(rows),
    account: combine(answers.map(([, answer]) => answer)),
  }
}

/** `fromEntries` forgets the names of its keys. */
const rowsOf = <Name extends string>(
  entries: readonly (readonly [Name, readonly Reading[]])[],
): Rows<Name> => Object.fromEntries(entries) as Record<Name, readonly Reading[]>

/** The rows of clusters that answered everything: things without a part of their figures would mislead. */
export function heardOnly<Name extends string>(
  rows: Rows<Name>,
  { clusters }: Account,
): Rows<Name> {
  const heard = new Set(
    clusters
      .filter(({ status }) => status === 'ok' || status === 'partial')
      .map(({ name }) => name),
  )
  const names = Object.keys(rows) as Name[]
  const kept = names.map(
    (name) => [name, rows[name].filter(({ cluster }) => heard.has(cluster))] as const,
  )
  return rowsOf(kept)
}

/** Rows by what they are of, for questions about many things. */
export interface Index<Name extends string> {
  /** The rows of one thing that answer one question. */
  of(name: Name, key: string): readonly Reading[]
  keys(name: Name): Iterable<string>
}

const NONE: readonly Reading[] = []

/** Groups the rows of all questions by the thing that they are of; null leaves a row out. */
export function indexed<Name extends string>(
  rows: Rows<Name>,
  keyOfRow: (row: Reading, name: Name) => string | null,
): Index<Name> {
  const groups = new Map<Name, ReadonlyMap<string, readonly Reading[]>>()
  for (const name of Object.keys(rows) as Name[]) {
    const placed = rows[name].flatMap((row) => {
      const key = keyOfRow(row, name)
      return key === null ? [] : [{ key, row }]
    })
    const byKey = groupBy(placed, ({ key }) => key)
    groups.set(name, new Map([...byKey].map(([key, own]) => [key, own.map(({ row }) => row)])))
  }
  return {
    of: (name, key) => groups.get(name)?.get(key) ?? NONE,
    keys: (name) => groups.get(name)?.keys() ?? [],
  }
}
