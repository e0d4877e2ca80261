import {
  breakdownOf,
  detailsOf,
  needsWorkloads,
  type BreakdownQuestion,
} from '../../services/fleet/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { withFindings } from './power.ts'

/** The power of the fleet by one dimension. */
export async function powerBreakdown({ fleet }: Needs, asked: Asked, question: BreakdownQuestion) {
  const workloads = needsWorkloads(question.by)
  const read = await fleet.now({ ...asked, workloads, details: detailsOf(question) })
  const { breakdown, account, findings } = breakdownOf(read, question)
  return outcome(asked, withFindings(read, { findings }), {
    idle: question.idle,
    resource_type: question.resourceType ?? ('all' as const),
    coverage: account.coverage,
    ...breakdown,
  })
}
