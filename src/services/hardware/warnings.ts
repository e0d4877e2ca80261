import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Bmc } from '../../analysis/hardware/server.ts'
import type { Warning } from '../../kernel/answer.ts'

const MOST_NAMED = 5

/** One warning for each cluster with BMCs that do not answer. */
export function unreachableWarnings(bmcs: readonly Bmc[]): readonly Warning[] {
  const silent = bmcs.filter(({ reachable }) => !reachable)
  return warningsFor(silent, 'bmc_unreachable', (names, count) =>
    count === 1 ? `the BMC ${names} does not answer` : `${count} BMCs do not answer: ${names}`,
  )
}

/** One warning for each cluster with BMCs of which nobody says whose they are. */
export function unmatchedWarnings(
  bmcs: readonly Bmc[],
  unmatched: ReadonlySet<string>,
): readonly Warning[] {
  const found = bmcs.filter(({ cluster, bmc }) => unmatched.has(keyOf(cluster, bmc)))
  return warningsFor(found, 'unmatched_names', (names, count) =>
    count === 1
      ? `the BMC ${names} belongs to no known node: BMC_NODES can name it`
      : `${count} BMCs belong to no known node: ${names}: BMC_NODES can name them`,
  )
}

function warningsFor(
  bmcs: readonly Bmc[],
  code: Warning['code'],
  detailOf: (names: string, count: number) => string,
): readonly Warning[] {
  const groups = groupBy(bmcs, ({ cluster }) => cluster)
  return [...groups].map(([cluster, group]) => {
    const names = group.slice(0, MOST_NAMED).map(nameOf).join(', ')
    const more = group.length > MOST_NAMED ? ', …' : ''
    return { code, cluster, detail: detailOf(`${names}${more}`, group.length) }
  })
}

const nameOf = ({ bmc, node }: Bmc): string => (node === bmc ? bmc : `${bmc} (${node})`)
