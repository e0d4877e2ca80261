import { expectationOf, judge, judgeMissing, silenceOf, type Seen, type Sight } from './judge.ts'
import { durationOf, type RuleSpec } from './rule.ts'
import { groupKey, type AlertChange, type GroupState } from './state.ts'
import { stepGroup, unseen, type StepTimes, type Stepped } from './step.ts'

export type GroupStates = ReadonlyMap<string, GroupState>

export interface Advanced {
  readonly groups: GroupStates
  readonly changes: readonly AlertChange[]
  /** How many groups were left out because there are too many. */
  readonly cut: number
}

export interface AdvanceOptions {
  readonly now: number
  readonly intervalSeconds: number
  readonly mostGroups: number
}

/** What an evaluation makes of all groups of a rule. */
export function advance(
  before: GroupStates,
  { spec, sight }: { readonly spec: RuleSpec; readonly sight: Sight },
  options: AdvanceOptions,
): Advanced {
  const { now, mostGroups } = options
  const all = keysOf(before, sight, spec)
  const kept = all.slice(0, mostGroups)
  const times = timesOf(spec, options)
  const groups = new Map<string, GroupState>()
  const changes: AlertChange[] = []
  for (const key of kept) {
    const seen = sight.groups.get(key)
    const group = before.get(key) ?? unseen(seen?.labels ?? {}, now)
    const stepped = stepOf(group, seen, { spec, sight, times })
    if (stepped.state !== null) groups.set(key, stepped.state)
    changes.push(...stepped.changes)
  }
  return {
    groups,
    changes: [...changes, ...somebodyCame(before, groups)],
    cut: all.length - kept.length,
  }
}

/** That somebody reports where nobody did ends what was told of that. */
function somebodyCame(before: GroupStates, after: GroupStates): readonly AlertChange[] {
  const nobody = before.get(NOBODY)
  if (nobody === undefined || !nobody.missingTold || after.has(NOBODY)) return []
  const { labels, missingSince } = nobody
  const startsAt = missingSince ?? 0
  const alertId = `missing-${startsAt}`
  return [{ kind: 'data_back', labels, value: null, reason: null, alertId, startsAt }]
}

/** What nobody reports has no groups, which has to be told as well. */
const NOBODY = groupKey({})

/** Known groups first, and among them those that fire, so that too many new ones do not push them out. */
function keysOf(
  before: GroupStates,
  { groups }: Sight,
  { condition }: RuleSpec,
): readonly string[] {
  const known = [...before].sort(([, a], [, b]) => rankOf(a) - rankOf(b)).map(([key]) => key)
  const keys = [...new Set([...known, ...groups.keys()])]
  if (groups.has(NOBODY)) return keys
  const real = keys.filter((key) => key !== NOBODY)
  const isSilent = real.length === 0 && condition.kind !== 'absence'
  return isSilent ? [NOBODY] : real
}

const rankOf = ({ alert, heldAt }: GroupState): number => {
  if (alert !== null) return 0
  return heldAt === null ? 2 : 1
}

interface Stepping {
  readonly spec: RuleSpec
  readonly sight: Sight
  readonly times: StepTimes
}

function stepOf(group: GroupState, seen: Seen | undefined, stepping: Stepping): Stepped {
  const { spec, sight, times } = stepping
  if (seen === undefined)
    return stepGroup(group, judgeMissing(group, { spec, sight, now: times.now }), times)
  const told = { ...seen, problem: seen.problem ?? silenceOf(seen.labels, sight) }
  const expectation = seen.members === null ? group : expectationOf(group, seen.members, times.now)
  const { expected, expectedAt } = expectation
  const judged = judge(told, expectation, spec)
  return stepGroup({ ...group, expected, expectedAt }, judged, times)
}

function timesOf(spec: RuleSpec, { now, intervalSeconds }: AdvanceOptions): StepTimes {
  const { after, tell, forget_after: forget } = spec.no_data
  return {
    now,
    intervalSeconds,
    forSeconds: durationOf(spec.for),
    keepFiringSeconds: durationOf(spec.keep_firing_for),
    noDataSeconds: durationOf(after),
    forgetSeconds: durationOf(forget),
    tellsNoData: tell,
  }
}
