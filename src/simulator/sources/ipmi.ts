import type { Node } from '../datacentre.ts'
import { faultsOf, strikes } from '../faults.ts'
import { fraction } from '../hash.ts'
import { nodeWatts } from '../node-truth.ts'
import { shortest, type NumberForm } from '../numbers.ts'
import type { LabelPair } from '../pods.ts'
import { ALWAYS, type Line, type Metric, type Source, type SourcePlace } from '../series.ts'
import { isWithin, type Recurring } from '../spans.ts'
import { sensorsOf, type Sensor, type SensorFamily } from './ipmi-sensors.ts'

const gauge = (name: string, help: string, decimals = 0): Metric => ({
  name,
  help,
  type: 'gauge',
  form: shortest(decimals) satisfies NumberForm,
})

const STATES = '(0=nominal, 1=warning, 2=critical)'

/** For each family of sensors, the metric of the reading and that of the state. */
const FAMILIES: Readonly<Record<SensorFamily, { readonly value: Metric; readonly state: Metric }>> =
  {
    current: {
      value: gauge('ipmi_current_amperes', 'Current reading in Amperes.', 1),
      state: gauge('ipmi_current_state', `Reported state of a current sensor ${STATES}.`),
    },
    fan_speed: {
      value: gauge('ipmi_fan_speed_rpm', 'Fan speed in rotations per minute.'),
      state: gauge('ipmi_fan_speed_state', `Reported state of a fan speed sensor ${STATES}.`),
    },
    power: {
      value: gauge('ipmi_power_watts', 'Power reading in Watts.'),
      state: gauge('ipmi_power_state', `Reported state of a power sensor ${STATES}.`),
    },
    sensor: {
      value: gauge(
        'ipmi_sensor_value',
        'Generic data read from an IPMI sensor of unknown type, relying on labels for context.',
      ),
      state: gauge(
        'ipmi_sensor_state',
        `Indicates the severity of the state reported by an IPMI sensor ${STATES}.`,
      ),
    },
    temperature: {
      value: gauge('ipmi_temperature_celsius', 'Temperature reading in degree Celsius.'),
      state: gauge('ipmi_temperature_state', `Reported state of a temperature sensor ${STATES}.`),
    },
    voltage: {
      value: gauge('ipmi_voltage_volts', 'Voltage reading in Volts.', 2),
      state: gauge('ipmi_voltage_state', `Reported state of a voltage sensor ${STATES}.`),
    },
  }

const UP = gauge('ipmi_up', "'1' if a scrape of the IPMI device was successful, '0' otherwise.")
const DURATION = gauge(
  'ipmi_scrape_duration_seconds',
  'Returns how long the scrape took to complete in seconds.',
  9,
)
const COLLECTORS = ['bmc', 'chassis', 'dcmi', 'ipmi', 'sel']

/** A metric of the BMC itself. */
interface OwnMetric extends Metric {
  readonly labels: readonly LabelPair[]
  at(node: Node, seconds: number): number
}

const OWN: readonly OwnMetric[] = [
  {
    ...gauge('ipmi_bmc_info', "Constant metric with value '1' providing details about the BMC."),
    labels: [
      ['bmc_url', 'N/A'],
      ['firmware_revision', '6.0'],
      ['manufacturer_id', 'Dell Inc. (674)'],
      ['system_firmware_version', 'N/A'],
    ],
    at: () => 1,
  },
  {
    ...gauge(
      'ipmi_chassis_cooling_fault_state',
      'Current Cooling/fan fault state (1=false, 0=true).',
    ),
    labels: [],
    at: () => 1,
  },
  {
    ...gauge('ipmi_chassis_drive_fault_state', 'Current drive fault state (1=false, 0=true).'),
    labels: [],
    at: () => 1,
  },
  {
    ...gauge('ipmi_chassis_power_state', 'Current power state (1=on, 0=off).'),
    labels: [],
    at: (node, seconds) => (isWithin(node.outages, seconds) ? 0 : 1),
  },
  {
    ...gauge('ipmi_dcmi_power_consumption_watts', 'Current power consumption in Watts.'),
    labels: [],
    at: (node, seconds) => nodeWatts(node, seconds).total,
  },
  {
    ...gauge('ipmi_sel_free_space_bytes', 'Current free space remaining for new SEL entries.'),
    labels: [],
    at: () => 16_000,
  },
  {
    ...gauge('ipmi_sel_logs_count', 'Current number of log entries in the SEL.'),
    labels: [],
    at: () => 0,
  },
]

const SENSOR_METRICS = Object.values(FAMILIES).flatMap(({ value, state }) => [value, state])

/** ipmi_exporter 1.10, one target for each BMC, with the collectors bmc, chassis, dcmi, ipmi and sel. */
export const ipmi: Source = {
  name: 'ipmi',
  metrics: [...OWN, ...SENSOR_METRICS, DURATION, UP].sort((a, b) => (a.name < b.name ? -1 : 1)),
  nodes: ({ nodes }) => nodes,
  *lines(place, ask) {
    const { node } = place
    if (node === undefined) return
    const silent = silences(place)
    const answers = (line: Line): Line => ({
      ...line,
      at: (seconds) => (isWithin(silent, seconds) ? undefined : line.at(seconds)),
    })
    for (const line of [...ownLines(node), ...sensorLines(place)])
      if (ask.wants(line.metric.name)) yield answers(line)
    for (const line of scrapeLines(node, silent)) if (ask.wants(line.metric.name)) yield line
  },
}

function silences({ cluster, node }: SourcePlace): readonly Recurring[] {
  const place = { cluster: cluster.name, ...(node === undefined ? {} : { node: node.name }) }
  return faultsOf(cluster.faults, 'bmc_silent').filter(({ target }) => strikes(target, place))
}

function ownLines(node: Node): readonly Line[] {
  return OWN.map((metric) => ({
    ...ALWAYS,
    metric,
    labels: metric.labels,
    at: (seconds) => metric.at(node, seconds),
  }))
}

function sensorLines({ cluster, node }: SourcePlace): readonly Line[] {
  if (node === undefined) return []
  return sensorsOf(node, cluster.plan.bmc.dialect).flatMap((sensor, order) => {
    const { value, state } = FAMILIES[sensor.family]
    const labels = sensorLabels(sensor, order + 1)
    return [
      { ...ALWAYS, metric: value, labels, at: (seconds: number) => sensor.at(node, seconds) },
      { ...ALWAYS, metric: state, labels, at: () => 0 },
    ]
  })
}

function sensorLabels({ name, type }: Sensor, id: number): readonly LabelPair[] {
  const labels: readonly LabelPair[] = [
    ['id', String(id)],
    ['name', name],
  ]
  return type === undefined ? labels : [...labels, ['type', type]]
}

/** What the exporter says of its own scrape: it answers also when the BMC does not. */
function scrapeLines(node: Node, silent: readonly Recurring[]): readonly Line[] {
  const duration = (seconds: number) =>
    isWithin(silent, seconds) ? 100.1 : 0.08 + 0.02 * fraction(node.seed, Math.floor(seconds))
  const ups = COLLECTORS.map((collector): Line => ({
    ...ALWAYS,
    metric: UP,
    labels: [['collector', collector]],
    at: (seconds) => (isWithin(silent, seconds) ? 0 : 1),
  }))
  return [{ ...ALWAYS, metric: DURATION, labels: [], at: duration }, ...ups]
}
