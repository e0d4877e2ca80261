import type { Node } from '../datacentre.ts'
import { nodeWatts } from '../node-truth.ts'
import { fraction } from '../hash.ts'
import { dieCelsius } from '../truth.ts'

/** The families of ipmi_exporter that have a state beside the reading. */
export type SensorFamily = 'temperature' | 'fan_speed' | 'power' | 'voltage' | 'current' | 'sensor'

/** A sensor of a BMC. `at` is NaN for a discrete sensor, which only has a state. */
export interface Sensor {
  readonly family: SensorFamily
  readonly name: string
  /** Of a sensor of the family `sensor`: what it watches. */
  readonly type?: string
  at(node: Node, seconds: number): number
}

/** The names that vary from vendor to vendor. */
interface Dialect {
  readonly total: string
  readonly supplyInput: (supply: number) => string
  readonly cpu: string
  readonly memory: string
  readonly fans: string
  readonly accelerators: string
  readonly inlet: string
  readonly fan: (fan: number) => string
}

const DIALECTS = {
  dell: {
    total: 'Pwr Consumption',
    supplyInput: (supply) => `PS${supply} Input Power`,
    cpu: 'CPU Power',
    memory: 'Memory Power',
    fans: 'Fan Power',
    accelerators: 'GPU Power',
    inlet: 'Inlet Temp',
    fan: (fan) => `Fan${fan}A`,
  },
  supermicro: {
    total: 'Total_Power',
    supplyInput: (supply) => `PSU${supply - 1}_PIN`,
    cpu: 'CPU_Power',
    memory: 'MEM_Power',
    fans: 'FAN_Power',
    accelerators: 'GPU_Power',
    inlet: 'System Temp',
    fan: (fan) => `FAN${fan}`,
  },
} as const satisfies Readonly<Record<string, Dialect>>

const SUPPLIES = [1, 2]
const FANS = [1, 2, 3, 4, 5, 6]

/** The sensors of a node's BMC, in the order of their ids from 1 on. Total, supplies and parts are all `power`. */
export function sensorsOf(node: Node, dialect: keyof typeof DIALECTS): readonly Sensor[] {
  const words = DIALECTS[dialect]
  return [
    { family: 'temperature', name: words.inlet, at: inletCelsius },
    { family: 'temperature', name: 'CPU1 Temp', at: cpuCelsius },
    ...node.devices.map((device): Sensor => ({
      family: 'temperature',
      name: `GPU${device.index} Temp`,
      at: (_node, seconds) => dieCelsius(device, seconds),
    })),
    ...FANS.map((fan): Sensor => ({
      family: 'fan_speed',
      name: words.fan(fan),
      at: (server, seconds) => fanRpm(server, seconds) + 60 * (fan % 3),
    })),
    { family: 'voltage', name: '12V', at: () => 12.06 },
    ...SUPPLIES.map((supply): Sensor => ({
      family: 'current',
      name: `PS${supply} Current`,
      at: (server, seconds) => nodeWatts(server, seconds).total / SUPPLIES.length / MAINS_VOLTS,
    })),
    { family: 'power', name: words.total, at: (server, t) => nodeWatts(server, t).total },
    ...SUPPLIES.map((supply): Sensor => ({
      family: 'power',
      name: words.supplyInput(supply),
      at: (server, seconds) => nodeWatts(server, seconds).total / SUPPLIES.length,
    })),
    { family: 'power', name: words.cpu, at: (server, t) => nodeWatts(server, t).cpu },
    { family: 'power', name: words.memory, at: (server, t) => nodeWatts(server, t).dram },
    { family: 'power', name: words.fans, at: (server, t) => nodeWatts(server, t).fans },
    ...acceleratorSensors(node, words.accelerators),
    { family: 'sensor', name: 'PS1 Status', type: 'Power Supply', at: () => Number.NaN },
    { family: 'sensor', name: 'PS2 Status', type: 'Power Supply', at: () => Number.NaN },
    { family: 'sensor', name: 'Watchdog', type: 'Watchdog 2', at: () => Number.NaN },
  ]
}

const MAINS_VOLTS = 230

function acceleratorSensors(node: Node, name: string): readonly Sensor[] {
  if (node.devices.length === 0) return []
  return [{ family: 'power', name, at: (server, t) => nodeWatts(server, t).accelerators }]
}

function inletCelsius({ seed }: Node): number {
  return 22 + Math.floor(4 * fraction(seed, 5))
}

function cpuCelsius(node: Node, seconds: number): number {
  const { machine } = node
  const share = nodeWatts(node, seconds).cpu / (machine.cpuIdleWatts + machine.cpuDynamicWatts)
  return 30 + 45 * share
}

/** Fans turn faster the more watts they draw; the power of a fan grows faster than its speed. */
function fanRpm(node: Node, seconds: number): number {
  const { fans } = nodeWatts(node, seconds)
  return fans === 0 ? 0 : 60 * Math.round((4000 * Math.cbrt(fans / node.machine.fanIdleWatts)) / 60)
}
