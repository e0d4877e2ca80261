import type { Device, DeviceRow } from '../../analysis/devices/device.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { Telemetry } from '../../services/telemetry/index.ts'
import { absent } from './gpu-lookup.ts'
import { LIST_MEASURES, statusOf } from './gpu-rows.ts'
import { readDevices } from './inventory.ts'

/** What every question about GPUs carries. */
export interface Asked {
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
}

/** Exact values that a GPU must have; what is left out does not matter. */
export interface GpuFilter {
  readonly node?: string | undefined
  readonly vendor?: string | undefined
  readonly model?: string | undefined
  readonly status?: string | undefined
  readonly namespace?: string | undefined
  readonly pod?: string | undefined
}

/** The GPUs that satisfy a filter. Rejects with `not_found` for a node or pod that nobody knows. */
export async function filteredGpus(
  telemetry: Telemetry,
  asked: Asked,
  filter: GpuFilter,
): Promise<Answer<Device>> {
  const { node, vendor, model } = filter
  const anywhere = node === undefined && vendor === undefined && model === undefined
  const pick = ({ vendor: maker, labels }: DeviceRow): boolean =>
    agrees(node, labels['node']) && agrees(vendor, maker) && agrees(model, labels['model'])
  const answer = await readDevices(telemetry, {
    ...asked,
    measures: LIST_MEASURES,
    ...(anywhere ? {} : { pick }),
  })
  const rows = answer.rows.filter((device) => satisfies(device, filter))
  if (rows.length === 0) await refuseUnknown(telemetry, asked, filter)
  return { ...answer, rows }
}

const agrees = (wanted: string | undefined, value: string | null | undefined): boolean =>
  wanted === undefined || wanted === value

function satisfies(device: Device, { status, namespace, pod }: GpuFilter): boolean {
  if (status !== undefined && statusOf(device) !== status) return false
  if (namespace === undefined && pod === undefined) return true
  return device.owners.some((owner) => agrees(namespace, owner.namespace) && agrees(pod, owner.pod))
}

/** An empty list is an answer only about a node and a pod that exist: a name with a typing error is not. */
async function refuseUnknown(
  telemetry: Telemetry,
  { clusters, at, signal }: Asked,
  { node, namespace, pod }: GpuFilter,
): Promise<void> {
  const asked = { clusters, at, signal, shelf: 'realtime' } as const
  if (node !== undefined) {
    const where = { node: [node] as const }
    const nodes = await telemetry.known({ ...asked, entity: 'node', labels: ['node'], where })
    if (nodes.rows.length === 0) throw absent(nodes, `node ${JSON.stringify(node)}`)
  }
  if (pod !== undefined) {
    const where = {
      pod: [pod] as const,
      ...(namespace === undefined ? {} : { namespace: [namespace] as const }),
    }
    const pods = await telemetry.known({
      ...asked,
      entity: 'pod',
      labels: ['namespace', 'pod'],
      where,
    })
    if (pods.rows.length === 0) throw absent(pods, `pod ${JSON.stringify(pod)}`)
  }
}
