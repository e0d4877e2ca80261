import { deviceId, type Device } from '../../analysis/devices/device.ts'
import {
  foldDevices,
  hasUnknownDevice,
  type FoldInput,
  type PartsRule,
} from '../../analysis/devices/fold.ts'
import { withMemoryTotal } from '../../analysis/devices/memory.ts'
import { withoutRepeats } from '../../analysis/devices/repeats.ts'
import { rosterOf, type Board } from '../../analysis/devices/roster.ts'
import type { Label } from '../../catalogue/entities.ts'
import { MEASURES, type Gauge } from '../../catalogue/measures.ts'
import { combine, type Answer, type Warning } from '../../kernel/answer.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type { KnownQuestion, LatestQuestion, Reading, Telemetry } from '../telemetry/index.ts'
import type { DeviceKind } from './kinds.ts'

/** Which devices are read, and what of them. */
export interface InventoryQuestion {
  readonly kind: DeviceKind
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
  /** What is read of each; what the list of its kind reads when left out. */
  readonly measures?: NonEmpty<Gauge>
  /** Whether their limits and sizes are read, which change by the year; true when left out. */
  readonly limits?: boolean
  /**
   * Whether everything is asked at once, where each row has to name its board by all that there is: what they are is
   * otherwise waited for, to ask for less.
   */
  readonly atOnce?: boolean
  /** Which devices are wanted, judged by what is known of them; all when left out. */
  readonly pick?: (board: Board) => boolean
}

/** Asking for more devices than this by name would be longer than the answer that it saves. */
const MOST_NAMED = 64
const MOST_LISTED = 5

/**
 * The devices of all asked clusters: what they are (read once an hour), what they do now, and who uses them.
 * Devices that were known within the hour and are silent now stay in the list, without values, and a warning
 * names them.
 */
export async function readDevices(
  telemetry: Telemetry,
  question: InventoryQuestion,
): Promise<Answer<Device>> {
  const early = question.atOnce === true ? live(telemetry, { ...question, identity: PLACES }) : null
  const [identity] = await Promise.all([findKnown(telemetry, question), early])
  const wanted = wantedOf(question, identity.rows)
  if (question.pick !== undefined && wanted.length === 0) return { ...identity, rows: [] }
  const asked = { ...question, ...narrowed(question, identity.rows, wanted) }
  const [values, facts, owners, stale] = await (early ?? live(telemetry, asked))
  const told = { values: values.rows, facts: facts.rows, owners: owners.rows }
  const others = [values, facts, owners, stale]
  const { strangers, answer } = bringTogether({ ...told, known: wanted }, [identity, ...others])
  // Strangers may also be of devices that are known and not wanted.
  if (!strangers || !hasUnknownDevice(identity.rows, values.rows)) return answer
  const current = await telemetry.known(renewed(question))
  const known = wantedOf(question, current.rows)
  return bringTogether({ ...told, known }, [identity, current, ...others]).answer
}

const PLACES = ['uuid', 'node', 'device_index'] as const

/** What devices do now, their limits, who holds them, and whether that is fresh. */
const live = (telemetry: Telemetry, asked: Asked) =>
  Promise.all([
    telemetry.latest(latestQuestion(asked)),
    asked.limits === false ? NO_LIMITS : telemetry.latest(factsQuestion(asked)),
    telemetry.known(ownersQuestion(asked)),
    telemetry.stale({ ...base(asked), labels: ['node'] }),
  ])

const NO_LIMITS: Answer<Reading> = { rows: [], clusters: [], warnings: [] }

/** The devices of the clusters that answered everything, and the account of all answers. */
function bringTogether(
  { known, facts, ...live }: Omit<FoldInput, 'rule'>,
  answers: readonly Answer<unknown>[],
): { readonly strangers: boolean; readonly answer: Answer<Device> } {
  const account = combine(answers)
  const heard = heardFrom(account)
  const { devices, strangers } = foldDevices({
    ...live,
    known: known.filter(({ cluster }) => heard.has(cluster)),
    facts: withMemoryTotal(facts),
    rule: partsOf,
  })
  const warnings = [...account.warnings, ...silentWarnings(devices)]
  return { strangers, answer: { rows: devices, ...account, warnings } }
}

/** The rows of the boards that are asked for. */
function wantedOf({ pick }: InventoryQuestion, told: readonly Reading[]): readonly Reading[] {
  const rows = withoutRepeats(told)
  if (pick === undefined) return rows
  const roster = rosterOf(rows)
  const wanted = new Set(roster.boards.filter(pick))
  return rows.filter((row) => {
    const board = roster.find(row)
    return board !== undefined && wanted.has(board)
  })
}

/** The clusters that answered everything: the rows of the others would be devices without a figure. */
const heardFrom = ({ clusters }: Pick<Answer<unknown>, 'clusters'>): ReadonlySet<string> =>
  new Set(
    clusters
      .filter(({ status }) => status === 'ok' || status === 'partial')
      .map(({ name }) => name),
  )

/** What is known within the hour; what is wanted and not among it may have come since. */
async function findKnown(
  telemetry: Telemetry,
  question: InventoryQuestion,
): Promise<Answer<Reading>> {
  const known = await telemetry.known(knownQuestion(question))
  if (question.pick === undefined || wantedOf(question, known.rows).length > 0) return known
  return telemetry.known(renewed(question))
}

const base = ({ kind, clusters, at, signal }: InventoryQuestion) =>
  ({ entity: kind.entity, clusters, at, signal }) as const

const knownQuestion = (question: InventoryQuestion): KnownQuestion => ({
  ...base(question),
  labels: ['uuid', 'node', 'device_index', ...question.kind.facts],
  shelf: 'static',
})

/** Something came that the kept list does not know: a list of this moment replaces it. */
const renewed = (question: InventoryQuestion): KnownQuestion => ({
  ...knownQuestion(question),
  since: question.at,
})

/** Which devices are asked for, and what tells them from one another. */
interface Narrowed {
  readonly identity: NonEmpty<Label>
  readonly where?: LatestQuestion['where']
}
type Asked = InventoryQuestion & Narrowed

/**
 * A few wanted devices are asked for by UUID. Else all are, and where every one has a UUID, rows come without their
 * place.
 */
function narrowed(
  { pick }: InventoryQuestion,
  known: readonly Reading[],
  wanted: readonly Reading[],
): Narrowed {
  const [first, ...rest] = new Set(pick === undefined ? [] : uuidsOf(wanted))
  if (first !== undefined && rest.length < MOST_NAMED)
    return { identity: ['uuid'], where: { uuid: [first, ...rest] } }
  const all = known.length === 0 || uuidsOf(known).length > 0
  return { identity: all ? ['uuid'] : PLACES }
}

/** The UUIDs of rows that all have one, else none. */
function uuidsOf(rows: readonly Reading[]): readonly string[] {
  const uuids = rows.map(({ labels }) => labels.uuid).filter((uuid) => uuid !== undefined)
  return uuids.length === rows.length ? uuids : []
}

const latestQuestion = (question: Asked): LatestQuestion => ({
  ...base(question),
  ...filterOf(question),
  labels: [...question.identity, ...question.kind.parts, 'partition_profile'],
  measures: question.measures ?? question.kind.measures,
  shelf: 'realtime',
})

const factsQuestion = (question: Asked): LatestQuestion => ({
  ...base(question),
  labels: [...question.identity, ...question.kind.parts, 'partition_profile'],
  measures: [
    'power_limit_watts',
    'memory_total_mb',
    'memory_used_mb',
    'memory_free_mb',
    'memory_reserved_mb',
  ],
  shelf: 'static',
})

const ownersQuestion = (question: Asked): KnownQuestion => ({
  ...base(question),
  ...filterOf(question),
  labels: [...question.identity, ...question.kind.parts, 'namespace', 'pod', 'container'],
  presence: 'power_watts',
  shelf: 'realtime',
})

const filterOf = ({ where }: Narrowed): Pick<LatestQuestion, 'where'> =>
  where === undefined ? {} : { where }

const partsOf = (measure: string): PartsRule =>
  Object.hasOwn(MEASURES, measure) ? MEASURES[measure as keyof typeof MEASURES].parts : 'whole'

function silentWarnings(devices: readonly Device[]): readonly Warning[] {
  const silent = devices.filter((device) => device.silent)
  const clusters = [...new Set(silent.map(({ cluster }) => cluster))]
  return clusters.map((name) => {
    const list = silent.filter(({ cluster }) => cluster === name)
    const names = list.slice(0, MOST_LISTED).map(deviceId).join(', ')
    const more = list.length > MOST_LISTED ? ', …' : ''
    return {
      code: 'silent_entities',
      cluster: name,
      detail: `${list.length} known ${list.length === 1 ? 'device reports' : 'devices report'} nothing now: ${names}${more}`,
    }
  })
}
