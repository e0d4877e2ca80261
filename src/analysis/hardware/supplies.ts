import { groupBy, keyOf } from '../power/group.ts'
import { sumOf } from '../power/sum.ts'
import { worstOf, type Sensor, type SensorStatus } from './sensor.ts'

/** One power supply of a server. */
export interface Supply {
  readonly psu: string
  readonly input_watts: number | null
  readonly output_watts: number | null
  readonly capacity_watts: number | null
  readonly efficiency_percent: number | null
  readonly status: SensorStatus
  readonly source: string
}

/** What a source tells of a supply beside its sensors. */
export interface SupplyFacts {
  readonly bmc: string
  readonly source: string
  readonly number: string | null
  readonly capacity_watts: number | null
  readonly efficiency_percent: number | null
}

/** All supplies of a server together. */
export interface Supplies {
  readonly supplies: readonly Supply[]
  readonly input_watts: number | null
  readonly output_watts: number | null
  /** Of the supplies of which both are known, what they give ÷ what they draw. */
  readonly efficiency_percent: number | null
  readonly count: number
  /** Those that draw or give anything. */
  readonly active: number
}

const PARTS = new Set(['psu', 'psu_input', 'psu_output'])

/**
 * The supplies of a server, as one source of one BMC shows them under one way of naming: `PSU0_PIN` and `PS1 Status`
 * count the same supplies from another start, and so do two sources. The one that shows what most of them draw is
 * taken. A sum is null when a supply lacks its figure, since the rest would pass for the whole.
 */
export function suppliesOf(sensors: readonly Sensor[], facts: readonly SupplyFacts[]): Supplies {
  const mine = sensors.filter(isOfSupply)
  const [supplies = []] = [
    ...groupBy(mine, ({ source, bmc, name }) => keyOf(source, bmc, stemOf(name))).values(),
  ]
    .map((own) => ownSupplies(own, facts))
    .sort((a, b) => drawing(b) - drawing(a))
  return {
    supplies,
    input_watts: sumOfAll(supplies.map(({ input_watts: watts }) => watts)),
    output_watts: sumOfAll(supplies.map(({ output_watts: watts }) => watts)),
    efficiency_percent: efficiencyOf(supplies),
    count: supplies.length,
    active: supplies.filter((each) => (each.input_watts ?? each.output_watts ?? 0) > 0).length,
  }
}

/** The fans of supplies are counted by themselves. */
const isOfSupply = ({ part, number, name }: Sensor): boolean =>
  PARTS.has(part) && number !== null && !/fan/i.test(name)

/** What stands before the number of a supply. */
const stemOf = (name: string): string => name.replace(/[^a-z].*$/is, '').toLowerCase()

const drawing = (supplies: readonly Supply[]): number =>
  supplies.filter((supply) => supply.input_watts !== null).length

function ownSupplies(sensors: readonly Sensor[], facts: readonly SupplyFacts[]): readonly Supply[] {
  const groups = groupBy(sensors, ({ number }) => number ?? '')
  return [...groups.values()]
    .map((group) => supplyOf(group, facts))
    .sort((a, b) => Number(a.psu) - Number(b.psu))
}

function supplyOf(group: readonly [Sensor, ...Sensor[]], facts: readonly SupplyFacts[]): Supply {
  const { bmc, source, number } = group[0]
  const fact = facts.find(
    (each) => each.bmc === bmc && each.source === source && each.number === number,
  )
  const input = wattsOf(group, 'psu_input')
  const output = wattsOf(group, 'psu_output')
  return {
    psu: number ?? '',
    input_watts: input,
    output_watts: output,
    capacity_watts: fact?.capacity_watts ?? null,
    efficiency_percent: fact?.efficiency_percent ?? ratio(output, input),
    status: worstOf(group.map(({ status }) => status)),
    source,
  }
}

function wattsOf(group: readonly Sensor[], part: string): number | null {
  const values = group
    .filter((sensor) => sensor.type === 'power' && sensor.part === part)
    .map(({ value }) => value)
    .filter((value) => value !== null)
  return values.length === 0 ? null : Math.max(...values)
}

const ratio = (output: number | null, input: number | null): number | null =>
  output === null || input === null || input === 0 ? null : (100 * output) / input

function efficiencyOf(supplies: readonly Supply[]): number | null {
  const both = supplies.filter((each) => each.input_watts !== null && each.output_watts !== null)
  if (both.length === 0) return null
  return ratio(
    sumOf(both.map((each) => each.output_watts ?? 0)),
    sumOf(both.map((each) => each.input_watts ?? 0)),
  )
}

function sumOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 || known.length < values.length ? null : sumOf(known)
}
