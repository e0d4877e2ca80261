import type { Board } from '../../analysis/devices/roster.ts'
import { absent } from '../../kernel/absence.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import { readDevices, statusOf, type DeviceKind, type Found } from '../../services/devices/index.ts'
import { isNode } from './device-lookup.ts'
import {
  named,
  type Named,
  type NamingNeeds as Needs,
  type NodeNames,
} from '../../services/fleet/index.ts'

/** What every question about devices carries. */
export interface Asked {
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
}

/** Exact values that a device must have; what is left out does not matter. */
export interface DeviceFilter {
  readonly node?: string | undefined
  readonly vendor?: string | undefined
  readonly model?: string | undefined
  readonly status?: string | undefined
  readonly namespace?: string | undefined
  readonly pod?: string | undefined
}

/** The devices of some kinds that satisfy a filter. Rejects with `not_found` for a node or pod that nobody knows. */
export async function filteredDevices(
  needs: Needs,
  asked: Asked,
  { kinds, filter }: { readonly kinds: readonly DeviceKind[]; readonly filter: DeviceFilter },
): Promise<Answer<Found>> {
  const known = await named(needs, asked)
  const { telemetry, names } = known
  const answers = await Promise.all(
    kinds.map(async (kind) => {
      const answer = await readDevices(telemetry, { ...asked, kind, ...picked(filter, names) })
      const found = answer.rows.map((device) => ({ kind, device }))
      return { ...answer, rows: found.filter((each) => satisfies(each, filter)) }
    }),
  )
  const rows = answers.flatMap((answer) => answer.rows)
  if (rows.length === 0) await refuseUnknown(known, asked, filter)
  return { rows, ...combine([names, ...answers]) }
}

/** What is judged before anything is read of a device. */
function picked(
  { node, vendor, model }: DeviceFilter,
  names: NodeNames,
): { pick?: (board: Board) => boolean } {
  if (node === undefined && vendor === undefined && model === undefined) return {}
  return {
    pick: ({ cluster, vendor: maker, labels }) =>
      (node === undefined || isNode(node, { cluster, labels }, names)) &&
      agrees(vendor, maker) &&
      agrees(model, labels['model']),
  }
}

const agrees = (wanted: string | undefined, value: string | null | undefined): boolean =>
  wanted === undefined || wanted === value

function satisfies({ kind, device }: Found, { status, namespace, pod }: DeviceFilter): boolean {
  if (status !== undefined && statusOf(kind, device) !== status) return false
  if (namespace === undefined && pod === undefined) return true
  return device.owners.some((owner) => agrees(namespace, owner.namespace) && agrees(pod, owner.pod))
}

/** An empty list is an answer only about a node and a pod that exist: a name with a typing error is not. */
async function refuseUnknown(
  { telemetry, names }: Named,
  { clusters, at, signal }: Asked,
  { node, namespace, pod }: DeviceFilter,
): Promise<void> {
  const asked = { clusters, at, signal, shelf: 'realtime' } as const
  if (node !== undefined) {
    const nodes = await telemetry.known({ ...asked, entity: 'node', labels: ['node'] })
    if (!nodes.rows.some((row) => isNode(node, row, names)))
      throw absent(nodes, `node ${JSON.stringify(node)}`)
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
