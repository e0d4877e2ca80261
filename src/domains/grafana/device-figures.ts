import { deviceId } from '../../analysis/devices/device.ts'
import {
  GPU,
  NPU,
  readDevices,
  statusOf,
  valueOf,
  type DeviceKind,
} from '../../services/devices/index.ts'
import { combine } from '../../kernel/answer.ts'
import { namingFor } from '../../services/fleet/index.ts'
import { CLUSTERS, type Asked, type Column, type Figure, type Told } from './figure.ts'
import type { Needs } from './needs.ts'

const text = (name: string): Column => ({ text: name, type: 'string' })
const number = (name: string, unit: string): Column => ({ text: name, type: 'number', unit })

const COLUMNS: readonly Column[] = [
  text('cluster'),
  text('node'),
  text('device'),
  text('vendor'),
  text('model'),
  text('status'),
  number('power_watts', 'watt'),
  number('power_limit_watts', 'watt'),
  number('utilization_percent', 'percent'),
  number('memory_used_mb', 'mbytes'),
  number('memory_total_mb', 'mbytes'),
  number('temperature_celsius', 'celsius'),
  text('pod'),
  text('sources'),
]

/** The GPUs and NPUs of the fleet as they are now. */
export const DEVICE_FIGURES: readonly Figure[] = [GPU, NPU].map((kind) => ({
  name: `${kind.entity}s`,
  label: `${kind.title}s now: status, power, utilisation, memory, temperature and who holds them`,
  options: [CLUSTERS],
  read: (needs, asked) => readTable(needs, asked, kind),
}))

async function readTable(needs: Needs, asked: Asked, kind: DeviceKind): Promise<Told> {
  const { clusters, at, signal, filters } = asked
  const question = { clusters, at: at('realtime'), signal }
  const { telemetry, names } = namingFor(needs, question)
  const devices = await readDevices(telemetry, { ...question, kind })
  const read = { ...combine([await names, devices]), rows: devices.rows }
  const rows = read.rows.filter((device) => {
    const pods = device.owners.length === 0 ? [{}] : device.owners
    const { cluster, node, vendor, model, uuid } = device
    return pods.some((owner) => filters.accepts({ cluster, node, vendor, model, uuid, ...owner }))
  })
  return {
    clusters: read.clusters,
    warnings: read.warnings,
    sources: [...new Set(rows.flatMap(({ sources }) => sources))],
    table: {
      columns: COLUMNS,
      rows: rows.map((device) => [
        device.cluster,
        device.node,
        deviceId(device),
        device.vendor,
        device.model,
        statusOf(kind, device),
        valueOf(device, 'power_watts'),
        valueOf(device, 'power_limit_watts'),
        kind.utilizationOf(device),
        valueOf(device, 'memory_used_mb'),
        valueOf(device, 'memory_total_mb'),
        valueOf(device, kind.temperature),
        device.owners.map(({ namespace, pod }) => `${namespace ?? ''}/${pod}`).join(', '),
        device.sources.join(', '),
      ]),
    },
  }
}
