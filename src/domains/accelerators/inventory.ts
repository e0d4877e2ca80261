import { deviceId, type Device, type DeviceRow } from '../../analysis/devices/device.ts'
import {
  foldDevices,
  hasUnknownDevice,
  type FoldInput,
  type PartsRule,
} from '../../analysis/devices/fold.ts'
import { withMemoryTotal } from '../../analysis/devices/memory.ts'
import { MEASURES, type Gauge } from '../../catalogue/measures.ts'
import { combine, type Answer, type Warning } from '../../kernel/answer.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import type {
  KnownQuestion,
  LatestQuestion,
  Reading,
  Telemetry,
} from '../../services/telemetry/index.ts'

/** Which devices are read, and what of them. */
export interface InventoryQuestion {
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
  readonly measures: NonEmpty<Gauge>
  /** Which devices are wanted, judged by what is known of them; all when left out. */
  readonly pick?: (row: DeviceRow) => boolean
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
  const identity = await findKnown(telemetry, question)
  if (question.pick !== undefined && !identity.rows.some(question.pick))
    return { ...identity, rows: [] }
  const named = namesOf(question, identity.rows)
  const asked = { ...question, identity: identityOf(identity.rows) }
  const [values, facts, owners, stale] = await Promise.all([
    telemetry.latest({ ...latestQuestion(asked), ...named }),
    telemetry.latest(factsQuestion(asked)),
    telemetry.known({ ...ownersQuestion(asked), ...named }),
    telemetry.stale({ ...base(question), labels: ['node'] }),
  ])
  const told = { values: values.rows, facts: facts.rows, owners: owners.rows }
  const live = [values, facts, owners, stale]
  const whole = (current: Answer<Reading>) =>
    bringTogether(question, { ...told, known: current.rows }, [identity, current, ...live])
  const { strangers, answer } = whole(identity)
  // Strangers may also be of devices that are known and not wanted.
  if (!strangers || !hasUnknownDevice(identity.rows, values.rows)) return answer
  return whole(await telemetry.known(renewed(question))).answer
}

/** The devices that are wanted, of the clusters that answered everything, and the account of all answers. */
function bringTogether(
  { pick = () => true }: InventoryQuestion,
  { known, values, facts, owners }: Omit<FoldInput, 'rule'>,
  answers: readonly Answer<unknown>[],
): { readonly strangers: boolean; readonly answer: Answer<Device> } {
  const account = combine(answers)
  const heard = heardFrom(account)
  const { devices, strangers } = foldDevices({
    known: known.filter((row) => heard.has(row.cluster) && pick(row)),
    values,
    facts: withMemoryTotal(facts),
    owners,
    rule: partsOf,
  })
  const warnings = [...account.warnings, ...silentWarnings(devices)]
  return { strangers, answer: { rows: devices, ...account, warnings } }
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
  if (question.pick === undefined || known.rows.some(question.pick)) return known
  return telemetry.known(renewed(question))
}

const base = ({ clusters, at, signal }: InventoryQuestion) =>
  ({ entity: 'gpu', clusters, at, signal }) as const

const knownQuestion = (question: InventoryQuestion): KnownQuestion => ({
  ...base(question),
  labels: ['uuid', 'node', 'device_index', 'pci_bus_id', 'model', 'driver_version'],
  shelf: 'static',
})

/** Something came that the kept list does not know: a list of this moment replaces it. */
const renewed = (question: InventoryQuestion): KnownQuestion => ({
  ...knownQuestion(question),
  since: question.at,
})

/** What tells the devices from one another. Rows of devices that all have a UUID come without their place. */
const identityOf = (rows: readonly DeviceRow[]): Identity =>
  rows.every(({ labels }) => labels['uuid'] !== undefined)
    ? ['uuid']
    : ['uuid', 'node', 'device_index']

type Identity = NonEmpty<'uuid' | 'node' | 'device_index'>
type Asked = InventoryQuestion & { readonly identity: Identity }

const latestQuestion = (question: Asked): LatestQuestion => ({
  ...base(question),
  labels: [...question.identity, 'partition_id', 'partition_profile'],
  measures: question.measures,
  shelf: 'realtime',
})

const factsQuestion = (question: Asked): LatestQuestion => ({
  ...latestQuestion(question),
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
  labels: [...question.identity, 'partition_id', 'namespace', 'pod', 'container'],
  shelf: 'realtime',
})

/** The filter by UUID for a few wanted devices; none for many, or for devices without one. */
function namesOf(
  { pick }: InventoryQuestion,
  rows: readonly DeviceRow[],
): Pick<LatestQuestion, 'where'> {
  if (pick === undefined) return {}
  const uuids = [...new Set(rows.filter(pick).map(({ labels }) => labels['uuid'] ?? ''))]
  const [first, ...rest] = uuids
  if (first === undefined || uuids.length > MOST_NAMED || uuids.includes('')) return {}
  return { where: { uuid: [first, ...rest] } }
}

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
