import type { Portion } from '../../analysis/power/figures.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { TimeRange, WindowRequest } from '../../kernel/time-range.ts'
import { accounted } from '../../services/workloads/index.ts'
import type { Account, Asked, Needs } from './asked.ts'
import { theOne } from './lookup.ts'
import { coarse, wattsOf } from './windows.ts'

/** A workload that is not there any more, as it was in the asked window. */
export interface Gone {
  readonly cluster: string
  readonly node: string | null
  /** One value for each point of the window. */
  readonly watts: readonly (number | null)[]
  readonly range: TimeRange
  readonly account: Account
}

interface GoneQuestion {
  readonly window: WindowRequest
  readonly isOwn: (portion: Portion) => boolean
  /** It in words, and what the caller can do about several of the name. */
  readonly what: string
  readonly advice: string
}

/** What `find` finds; null where every asked cluster answered and nobody knows it now. */
export async function unlessGone<Found>(find: () => Promise<Found>): Promise<Found | null> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof KCloudError && error.kind === 'not_found') return null
    throw error
  }
}

/**
 * A workload by the watts that it was attributed in a window. Rejects with `not_found` where it was attributed none,
 * and with `ambiguous` where several clusters had one of the name.
 */
export async function goneWorkload(
  { fleet }: Needs,
  { clusters, at, signal }: Asked,
  { window, isOwn, what, advice }: GoneQuestion,
): Promise<Gone> {
  const range = coarse(window, at)
  const asked = { clusters, at, signal, workloads: true, range }
  const {
    results,
    heard: _,
    ...account
  } = await fleet.during(asked, (moment) => accounted(moment, true).portions.filter(isOwn))
  const places = groupBy(results.flat(), ({ cluster }) => cluster)
  const found = [...places].map(([cluster, [{ node }]]) => ({
    cluster,
    node,
    watts: results.map((portions) => wattsOf(portions, (portion) => portion.cluster === cluster)),
  }))
  const nameOf = ({ cluster }: { readonly cluster: string }) => `${cluster}: ${what}`
  return { ...theOne(found, account, { what, nameOf, advice }), range, account }
}
