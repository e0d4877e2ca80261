import { combine, type Answer } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { KCloudError } from '../../kernel/errors.ts'
import { EVERYTHING } from '../../kernel/sight.ts'
import { seenIn } from '../fleet/index.ts'
import { chunkLength, endOf, nextChunk, rangeOf, stepOf, tooMuch } from './chunks.ts'
import { NO_PRESENCE, readPresence } from './node-presence.ts'
import type { CostQuestion, CostTally, CostWindow, Needs } from './question.ts'
import { createTally, type CostPlan } from './tally.ts'

type Account = Pick<Answer<never>, 'clusters' | 'warnings'>

/** The cost of a window. Rejects with `too_large` for one that is too much work, and as the fleet does. */
export async function readCosts(needs: Needs, question: CostQuestion): Promise<CostWindow> {
  const plan = await planOf(needs, question, stepOf(question))
  const tally = createTally(needs, plan)
  return tally.end(await chargeAll(needs, plan, tally))
}

/** An account of a window whose steps somebody else reads. */
export async function costsAlong(
  needs: Needs,
  question: CostQuestion & { readonly stepSeconds: number },
): Promise<CostTally> {
  return createTally(needs, await planOf(needs, question, question.stepSeconds))
}

async function planOf(needs: Needs, question: CostQuestion, step: number): Promise<CostPlan> {
  const { clusters, at, signal, start, end } = question
  const from = unixSeconds(start)
  const until = unixSeconds(end)
  const seen = seenIn(needs.sight?.() ?? EVERYTHING)
  const { clusters: reports } = await needs.fleet.names({ clusters, at, signal })
  const names = reports.map(({ name }) => name)
  const [intensities, presence] = await Promise.all([
    needs.intensities.read({ clusters: names, from, until, signal }),
    needs.rates.books.length === 0
      ? NO_PRESENCE
      : readPresence(needs, { clusters, from, until, step, signal }),
  ])
  // Shares of workloads are all that may be seen of a cluster that is seen in part.
  const workloads = question.workloads || seen !== null
  return { ...question, workloads, from, until, step, intensities, presence, seen }
}

/** Reads the window piece by piece: what is held at a time does not grow with its length. */
async function chargeAll(
  { fleet, mostCharges }: Needs,
  plan: CostPlan,
  tally: CostTally,
): Promise<Account> {
  const account: Account[] = []
  let shares: number | undefined
  let from = plan.from
  for (;;) {
    const chunk = nextChunk(from, {
      until: plan.until,
      stepSeconds: plan.step,
      most: chunkLength(shares),
    })
    if (chunk === undefined) return combine(account)
    let step = 0
    const { results, clusters, warnings } = await fleet.during(
      { ...plan, range: rangeOf(chunk), lifetimes: true },
      (moment) => tally.visit(chunk, step++, moment),
    )
    tally.close()
    account.push({ clusters, warnings })
    shares = Math.max(
      shares ?? 0,
      results.reduce((most, each) => Math.max(most, each), 0),
    )
    refuseTooMuch(shares, plan, mostCharges)
    from = endOf(chunk)
  }
}

function refuseTooMuch(shares: number, plan: CostPlan, most?: number): void {
  const { from, until, step, seen } = plan
  const excess = tooMuch(shares, (until - from) / step, most)
  if (excess === null) return
  // How many there are is for those who see all of them.
  if (seen !== null)
    throw new KCloudError('too_large', {
      detail: 'this is too much work: a longer step, a shorter window or fewer clusters are less',
    })
  const factor = Math.ceil(excess.charges / excess.most)
  throw new KCloudError('too_large', {
    detail: `about ${excess.charges} shares of energy would be charged, and at most ${excess.most} are: a step of ${Math.ceil((step * factor) / 60)}m, a shorter window or fewer clusters give fewer`,
  })
}
