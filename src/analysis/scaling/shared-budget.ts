import { NOTHING_PENDING, type LastAction, type Pending } from './situation.ts'

/** A policy among those that share a budget. */
export interface Sharer {
  readonly id: string
  /** Those of the lowest are shed first and get replicas last. */
  readonly priority: number
  readonly last_action: LastAction | null
  readonly cooldownSeconds: number
}

/**
 * In which order the policies of one budget decide: while it is short, the lowest priority first, so that it sheds
 * before others have to; else the highest first, so that it gets the room. Equal ones by their id.
 */
export function inTurn<Each extends Sharer>(
  sharers: readonly Each[],
  isShort: boolean,
): readonly Each[] {
  const direction = isShort ? 1 : -1
  return [...sharers].sort((a, b) => {
    if (a.priority !== b.priority) return direction * (a.priority - b.priority)
    return a.id < b.id ? -1 : 1
  })
}

/**
 * What the changes of others are still to bring, by what the reading shows of them: replicas need time to end and to
 * start, and until then their watts must neither be shed twice nor given away twice. After their cooldown nothing
 * is waited for.
 */
export function pendingOf(
  others: readonly Pick<Sharer, 'last_action' | 'cooldownSeconds'>[],
  { at, powerWatts }: { readonly at: Date; readonly powerWatts: number },
): Pending {
  const outstanding = others.flatMap(({ last_action: last, cooldownSeconds: seconds }) =>
    last === null || at.getTime() - last.at.getTime() >= seconds * 1000
      ? []
      : [outstandingOf(last, powerWatts)],
  )
  return outstanding.reduce(
    (sum, watts) => ({
      sheddingWatts: sum.sheddingWatts + Math.max(0, -watts),
      addingWatts: sum.addingWatts + Math.max(0, watts),
    }),
    NOTHING_PENDING,
  )
}

/** The part of a change that the power does not show: of the sign of the change. */
function outstandingOf(
  { expected_change_watts: change, power_watts: before }: LastAction,
  powerWatts: number,
): number {
  if (change === null) return 0
  const shown = powerWatts - before
  if (change < 0) return Math.min(0, change - Math.min(0, shown))
  return Math.max(0, change - Math.max(0, shown))
}
