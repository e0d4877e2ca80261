/**
 * The one table of conversion factors: each unit in terms of the base unit of its dimension, which is
 * the unit that the names of our measures carry. Nobody else writes a factor.
 */
const FACTORS = {
  // The rate of an energy counter is a power.
  power: {
    watts: 1,
    milliwatts: 1e-3,
    microwatts: 1e-6,
    kilowatts: 1e3,
    joules_per_second: 1,
    millijoules_per_second: 1e-3,
    microjoules_per_second: 1e-6,
  },
  energy: { joules: 1, millijoules: 1e-3, microjoules: 1e-6, kilowatt_hours: 3.6e6 },
  // "mb" in a name is 2^20 bytes, as GPU tools print it.
  memory: { mebibytes: 1, kibibytes: 2 ** -10, bytes: 2 ** -20, gibibytes: 2 ** 10 },
  temperature: { celsius: 1, millicelsius: 1e-3 },
  // Busy seconds a second are the busy share of the time.
  share: { percent: 1, ratio: 100, seconds_per_second: 100 },
  frequency: { megahertz: 1, hertz: 1e-6 },
  // "mbps" in a name is a million bits a second.
  bandwidth: { megabits_per_second: 1, bytes_per_second: 8e-6 },
  processors: { cores: 1, seconds_per_second: 1 },
  duration: { seconds: 1, milliseconds: 1e-3, microseconds: 1e-6 },
  rotation: { rpm: 1 },
  voltage: { volts: 1 },
  current: { amperes: 1 },
  count: { count: 1, per_second: 1 },
  // A number that names a state or an event and must never be added, averaged or scaled.
  code: { code: 1 },
} as const

export type Dimension = keyof typeof FACTORS

/** The units a dimension can be given in: `Unit<'power'>` is `'watts' | 'milliwatts' | …`. */
export type Unit<D extends Dimension> = D extends Dimension ? keyof (typeof FACTORS)[D] : never

/** All units that a dimension can be given in. */
export function unitsOf<D extends Dimension>(dimension: D): readonly Unit<D>[] {
  // The keys of the table are what the type is made of.
  return Object.keys(FACTORS[dimension]) as Unit<D>[]
}

/** What a value in `unit` is multiplied by to stand in the dimension's base unit. */
export function factorOf<D extends Dimension>(dimension: D, unit: Unit<D>): number {
  const factors: Readonly<Record<string, number>> = FACTORS[dimension]
  const factor = factors[unit]
  if (factor === undefined) throw new TypeError(`${unit} is no unit of ${dimension}`)
  return factor
}

const BASE_UNITS = {
  power: 'watts',
  energy: 'joules',
  memory: 'mebibytes',
  temperature: 'celsius',
  share: 'percent',
  frequency: 'megahertz',
  bandwidth: 'megabits_per_second',
  processors: 'cores',
  duration: 'seconds',
  rotation: 'rpm',
  voltage: 'volts',
  current: 'amperes',
  count: 'count',
  code: 'code',
} as const satisfies { [D in Dimension]: Unit<D> }

/** The unit that measures of a dimension are given in everywhere inside and on the wire. */
export function baseUnitOf(dimension: Dimension): string {
  return BASE_UNITS[dimension]
}
