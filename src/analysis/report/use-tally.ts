import { accountPower } from '../power/account.ts'
import { attributePower } from '../power/attribution.ts'
import { breakDown, type WorkloadTypeOf } from '../power/breakdown.ts'
import type { BoardPower, BreakdownRow } from '../power/figures.ts'
import { IDLE_PERCENT } from '../power/gpu-use.ts'
import { keyOf } from '../power/group.ts'
import type { PowerInput, Share, Workload, WorkloadUse } from '../power/input.ts'
import { apportioned } from './apportion.ts'
import { entryOf } from './power-tally.ts'
import { drawnWithin, type EnergyProfile, type StepTime } from './profile.ts'
import type { Use } from './report.ts'

/** What one step tells of who uses the watts. */
export interface UseMoment {
  readonly input: PowerInput
  readonly uses: readonly WorkloadUse[]
  readonly typeOf: WorkloadTypeOf
}

/** Energy of a user over the period. */
export interface UserTally {
  readonly cluster: string | null
  readonly name: string
  readonly kind: BreakdownRow['kind']
  joules: number
}

/** Time and energy of one board in one use. */
export interface UseTally {
  seconds: number
  joules: number
  /** Whether its watts were ever reported. */
  isMetered: boolean
}

export interface BoardUseTally {
  readonly cluster: string
  readonly key: string
  readonly uses: Record<Use, UseTally>
  /** Who held it while it was idle, by the seconds: namespace and name. */
  readonly holders: Map<
    string,
    { readonly namespace: string | null; readonly workload: string; seconds: number }
  >
}

/** Who used the energy of a period, and what the boards did. */
export interface UseTallies {
  readonly namespaces: Map<string, UserTally>
  readonly types: Map<string, UserTally>
  readonly boards: Map<string, BoardUseTally>
  /** The time in which there was anything to attribute. */
  seconds: number
}

export const emptyUses = (): UseTallies => ({
  namespaces: new Map(),
  types: new Map(),
  boards: new Map(),
  seconds: 0,
})

/** How busy a board is on the mean of a step, by cluster and key; undefined where nobody reports it. */
export type LoadOf = (cluster: string, key: string) => number | undefined

interface UseStep {
  readonly time: StepTime
  readonly loadOf: LoadOf
  /** What was drawn in the time, in the finer steps that energy is told of. */
  readonly profile: EnergyProfile
}

/**
 * Adds what the users and the boards of one step come to. Who uses the watts is read in longer steps than how many
 * there are: the energy of a cluster, and of a board, is divided as its watts are over such a step, so that the users
 * add up to all of it.
 */
export function addUses(
  tallies: UseTallies,
  { input, uses, typeOf }: UseMoment,
  { time, loadOf, profile }: UseStep,
): void {
  const account = accountPower(input)
  const attributed = attributePower(account, uses, 'separate').portions
  const { portions, seconds: covered } = apportioned(attributed, { time, profile })
  tallies.seconds += covered
  addUsers(tallies.namespaces, breakDown(portions, 'namespace', typeOf).rows, time.seconds)
  addUsers(tallies.types, breakDown(portions, 'workload_type', typeOf).rows, time.seconds)
  for (const board of account.boards) {
    const { joules, seconds } = drawnWithin(profile, profile.boards.get(boardKey(board)), time)
    const load = loadOf(board.cluster, board.key)
    addBoard(tallies.boards, board, {
      seconds: time.seconds,
      load,
      joules: seconds > 0 ? joules : null,
    })
  }
}

const boardKey = ({ cluster, key }: BoardPower): string => keyOf(cluster, key)

function addUsers(
  users: Map<string, UserTally>,
  rows: readonly BreakdownRow[],
  seconds: number,
): void {
  for (const { key, kind, power_watts: watts } of rows) {
    const { cluster = null, namespace, workload_type: type } = key
    const name = namespace ?? type ?? ''
    const known = entryOf(users, keyOf(kind, cluster, name), () => ({
      cluster,
      name,
      kind,
      joules: 0,
    }))
    known.joules += watts * seconds
  }
}

interface BoardStep {
  readonly seconds: number
  readonly load: number | undefined
  /** Null where its watts were not reported. */
  readonly joules: number | null
}

function addBoard(
  boards: Map<string, BoardUseTally>,
  board: BoardPower,
  { seconds, load, joules }: BoardStep,
): void {
  const known = entryOf(boards, keyOf(board.cluster, board.key), () => emptyBoard(board))
  const use = useOf(board.shares, load)
  const tally = known.uses[use]
  tally.seconds += seconds
  if (joules !== null) {
    tally.joules += joules
    tally.isMetered = true
  }
  if (use === 'allocated_idle') addHolders(known, board.shares ?? [], seconds)
}

const emptyUse = (): UseTally => ({ seconds: 0, joules: 0, isMetered: false })

const emptyBoard = ({ cluster, key }: BoardPower): BoardUseTally => ({
  cluster,
  key,
  uses: {
    active: emptyUse(),
    allocated_idle: emptyUse(),
    unallocated: emptyUse(),
    not_reported: emptyUse(),
  },
  holders: new Map(),
})

/** What a board is used for: by how busy it is and, where it is not, by who holds it. */
export function useOf(shares: readonly Share[] | null, load: number | undefined): Use {
  if (load !== undefined && load >= IDLE_PERCENT) return 'active'
  if (shares === null) return 'not_reported'
  if (shares.every(({ owner }) => owner === null)) return 'unallocated'
  return load === undefined ? 'not_reported' : 'allocated_idle'
}

function addHolders({ holders }: BoardUseTally, shares: readonly Share[], seconds: number): void {
  for (const { owner } of shares) {
    if (owner === null) continue
    const namespace = owner.kind === 'pod' ? owner.namespace : null
    const workload = nameOf(owner)
    entryOf(holders, keyOf(namespace, workload), () => ({
      namespace,
      workload,
      seconds: 0,
    })).seconds += seconds
  }
}

const nameOf = (owner: Workload): string => (owner.kind === 'pod' ? owner.pod : owner.vm)
