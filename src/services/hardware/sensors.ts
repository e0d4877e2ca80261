import { statusOf, type Sensor } from '../../analysis/hardware/sensor.ts'
import type { SupplyFacts } from '../../analysis/hardware/supplies.ts'
import { MEASURES, type Measure } from '../../catalogue/measures.ts'
import { numberOf, partOf, type SensorPart } from '../../catalogue/sensor-parts.ts'
import { baseUnitOf } from '../../kernel/units.ts'
import type { Reading } from '../telemetry/index.ts'
import { JUDGED_ONLY, NAMED, OF_SUPPLIES, type SensorKind } from './sensor-kinds.ts'

const [SUPPLY_INPUT] = OF_SUPPLIES

/** The sensors of a row. The row of a server itself has none but its health. */
export function sensorsOf(row: Reading): readonly Sensor[] {
  const { sensor_name: name, sensor_id: id } = row.labels
  return kindsOf(row).map((kind) => {
    const called = name ?? kind.call(id ?? '')
    return {
      ...identityOf(row),
      ...judgedAs(row, kind),
      name: called,
      number: name === undefined ? (id ?? null) : numberOf(name),
      type: kind.type,
      part: partOfSensor(row, kind, called),
    }
  })
}

const identityOf = ({ source, labels }: Reading) => ({
  bmc: labels.bmc ?? '',
  source,
  id: labels.sensor_id ?? null,
  watches: labels.sensor_type ?? null,
})

function kindsOf({ labels, values }: Reading): readonly SensorKind[] {
  const hasValue = (kind: SensorKind): boolean =>
    kind.values.some((measure) => values[measure] !== undefined)
  const isJudged = values.sensor_state !== undefined
  const { sensor_name: name, sensor_id: id } = labels
  if (name === undefined && id === undefined) return isJudged ? [JUDGED_ONLY] : []
  const kinds = name === undefined ? [...OF_SUPPLIES, ...UNNAMED] : NAMED
  const found = kinds.filter(hasValue)
  if (found.length > 0 || !isJudged) return found
  return [name === undefined ? SUPPLY_INPUT : JUDGED_ONLY]
}

const UNNAMED = NAMED.filter(({ type }) => type !== 'voltage')

function judgedAs(
  { values }: Reading,
  kind: SensorKind,
): Pick<Sensor, 'value' | 'unit' | 'status'> {
  const measure = kind.values.find((each) => values[each] !== undefined) ?? kind.values[0]
  return {
    value: values[measure] ?? null,
    unit: unitOf(measure),
    status: statusOf(values.sensor_state),
  }
}

function unitOf(measure: Measure): string | null {
  const { dimension } = MEASURES[measure]
  return dimension === 'code' ? null : baseUnitOf(dimension)
}

function partOfSensor(row: Reading, kind: SensorKind, name: string): SensorPart {
  if (kind.part.startsWith('psu')) return kind.part
  if (kind.type === 'power' && row.source !== 'ipmi') return partOfControl(row, name)
  const part = partOf(name, kind.type)
  return part === 'other' ? kind.part : part
}

/** Redfish: power control 0 is the system, those after it are parts of it. */
function partOfControl({ labels }: Reading, name: string): SensorPart {
  if (labels.sensor_id === '0') return 'total'
  const part = partOf(name, 'power')
  return part === 'total' ? 'other' : part
}

/** What is told of a supply beside its watts. */
export function supplyFactsOf({ source, labels, values }: Reading): readonly SupplyFacts[] {
  const { power_capacity_watts: capacity, power_efficiency_percent: efficiency } = values
  if (capacity === undefined && efficiency === undefined) return []
  const { bmc = '', sensor_id: number = null } = labels
  return [
    {
      bmc,
      source,
      number,
      capacity_watts: capacity ?? null,
      efficiency_percent: efficiency ?? null,
    },
  ]
}
