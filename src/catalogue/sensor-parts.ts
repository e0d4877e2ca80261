/** What kind of thing a sensor measures. */
export type SensorType = 'temperature' | 'power' | 'fan' | 'voltage' | 'current' | 'other'

/** Which part of a server a sensor is about. `psu` is a supply where the name says neither in nor out. */
export type SensorPart =
  | 'total'
  | 'cpu'
  | 'memory'
  | 'gpu'
  | 'fan'
  | 'psu'
  | 'psu_input'
  | 'psu_output'
  | 'inlet'
  | 'exhaust'
  | 'other'

interface PartRule {
  readonly part: SensorPart
  /** The kinds of sensors that it is for; all when left out. */
  readonly types?: readonly SensorType[]
  /** Of each list the name has at least one. Words and phrases in small letters; `dimm*` is a beginning. */
  readonly all: readonly (readonly string[])[]
  /** Of these it has none. */
  readonly none?: readonly string[]
  /** Names as vendors write them. */
  readonly examples: readonly string[]
}

const SUPPLY = ['psu', 'ps', 'power supply']

/**
 * The names of sensors are text of the vendors, and these are the ones that are known. The first rule that fits
 * counts, so that the total of a part is that part. From ipmi_exporter, idrac_exporter and FreeIPMI's own samples.
 */
const PART_RULES: readonly PartRule[] = [
  {
    part: 'psu_output',
    types: ['power'],
    all: [SUPPLY, ['out', 'output', 'pout']],
    examples: ['PSU0_POUT', 'PS1 Output Power'],
  },
  {
    part: 'psu_input',
    types: ['power'],
    all: [SUPPLY, ['in', 'input', 'pin']],
    examples: ['PSU0_PIN', 'PS1 Input Power', 'Power Supply 1 Input'],
  },
  {
    part: 'psu',
    all: [SUPPLY],
    examples: ['PSU1_Power', 'PS1 Status', 'PS2 Current', 'PS1 Voltage'],
  },
  { part: 'gpu', all: [['gpu', 'gpus']], examples: ['GPU Power', 'GPU0 Temp'] },
  {
    part: 'memory',
    all: [['memory', 'mem', 'dram', 'dimm*']],
    examples: ['Memory Power', 'MEM_Power', 'P1_DIMMA1 Temp'],
  },
  {
    part: 'cpu',
    all: [['cpu', 'cpus', 'processor', 'proc']],
    examples: ['CPU_Power', 'CPU1 Temp', 'CPU Sub-system Power', 'CPU1 VCORE'],
  },
  { part: 'fan', all: [['fan', 'fans']], examples: ['FAN_Power', 'Fan1A', 'System Board Fan1A'] },
  {
    part: 'total',
    types: ['power'],
    all: [
      [
        'total',
        'consumption',
        'system power',
        'system pwr',
        'sys power',
        'sys pwr',
        'system level',
        'power meter',
      ],
    ],
    none: ['peak', 'max', 'min', 'avg', 'average', 'limit', 'cap', 'capacity', 'budget'],
    examples: ['Pwr Consumption', 'Total_Power', 'Sys Power', 'System Power Control'],
  },
  {
    part: 'inlet',
    types: ['temperature'],
    all: [['inlet', 'ambient', 'intake']],
    examples: ['Inlet Temp', 'System Board Inlet Temp', 'Ambient'],
  },
  {
    part: 'exhaust',
    types: ['temperature'],
    all: [['exhaust', 'outlet']],
    examples: ['Exhaust Temp'],
  },
]

/** The part that a sensor's name says; `other` for names that no rule knows. */
export function partOf(name: string, type: SensorType): SensorPart {
  const words = wordsOf(name)
  return PART_RULES.find((rule) => fits(rule, words, type))?.part ?? 'other'
}

/** Which of several it is, by the first number of its name; null without one. */
export const numberOf = (name: string): string | null => /\d+/.exec(name)?.[0] ?? null

/** The words of a name between blanks: letters and digits stand apart, as do words in camel case. */
function wordsOf(name: string): string {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []
  return ` ${words.join(' ').toLowerCase()} `
}

function fits({ types, all, none = [] }: PartRule, words: string, type: SensorType): boolean {
  if (types?.includes(type) === false) return false
  return (
    all.every((phrases) => phrases.some((phrase) => has(words, phrase))) &&
    !none.some((phrase) => has(words, phrase))
  )
}

const has = (words: string, phrase: string): boolean =>
  words.includes(phrase.endsWith('*') ? ` ${phrase.slice(0, -1)}` : ` ${phrase} `)
