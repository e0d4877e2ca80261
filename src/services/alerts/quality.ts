import { groupKey } from '../../analysis/alerts/state.ts'
import type { QualityCondition } from '../../analysis/alerts/rule.ts'
import { KCloudError } from '../../kernel/errors.ts'
import { readFigure, type FigureGroup, type FigureRead } from './figure.ts'
import type { ReadNeeds, RuleAsked } from './asked.ts'

/** What a reading says of the data themselves, cluster by cluster: 1 for what is so. */
export async function readWarnings(
  needs: ReadNeeds,
  { check, metric, clusters: meant }: QualityCondition,
  asked: RuleAsked,
): Promise<FigureRead> {
  if (asked.grid.steps > 1)
    throw new KCloudError('unprocessable', {
      detail: `the past of the check ${check} is not kept: only coverage can be tried on history`,
      errors: [{ pointer: '/body/condition/check', detail: 'has no past' }],
    })
  const where = meant === null ? {} : { cluster: meant }
  const figure = { metric, where, aggregate: 'count', by: ['cluster'] } as const
  const read = await readFigure(needs, figure, asked)
  const silent = new Map(
    read.clusters.filter(({ status }) => status !== 'ok').map(({ name, status }) => [name, status]),
  )
  const names = read.clusters
    .map(({ name }) => name)
    .filter((name) => meant?.includes(name) ?? true)
  if (check === 'cluster_silent') {
    const groups = names.map((name) => groupOf(name, silent.get(name)))
    return { ...read, groups, silent: [], unit: null }
  }
  const groups = names
    .filter((name) => !silent.has(name))
    .map((name) => {
      const told = read.warnings.filter(({ code, cluster }) => code === check && cluster === name)
      return groupOf(
        name,
        told.length === 0 ? undefined : told.map(({ detail }) => detail).join('; '),
      )
    })
  return { ...read, groups, unit: null }
}

const MOST_TEXT = 300

function groupOf(cluster: string, problem: string | undefined): FigureGroup {
  const labels = { cluster }
  const about = problem === undefined ? {} : { about: { note: problem.slice(0, MOST_TEXT) } }
  return { key: groupKey(labels), labels, values: [problem === undefined ? 0 : 1], ...about }
}
