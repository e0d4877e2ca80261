import { deviceId, type Device } from '../../analysis/devices/device.ts'
import type { Board } from '../../analysis/devices/roster.ts'
import { absent } from '../../kernel/absence.ts'
import type { Answer } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { NodeNames } from '../../services/fleet/index.ts'

/**
 * Whether an id of a path means this device: its UUID in whichever case, `node:vendor:index` with any name of its node,
 * or its index alone.
 */
export function matchesId(
  { cluster, vendor, labels }: Board,
  id: string,
  names: Pick<NodeNames, 'nodeName'>,
): boolean {
  const { uuid, device_index: index } = labels
  if (uuid?.toLowerCase() === id.toLowerCase()) return true
  if (index === undefined) return false
  if (index === id) return true
  const place = `:${vendor ?? ''}:${index}`
  return id.endsWith(place) && isNode(id.slice(0, -place.length), { cluster, labels }, names)
}

/** Whether a board is on a node, by any of its names. */
export function isNode(
  name: string,
  { cluster, labels }: Pick<Board, 'cluster' | 'labels'>,
  names: Pick<NodeNames, 'nodeName'>,
): boolean {
  const node = labels['node'] ?? ''
  return name === node || names.nodeName(cluster, name) === node
}

const MOST_CANDIDATES = 20

/**
 * The one device of an answer that was read for an id. Rejects with `not_found` when every cluster answered and
 * nobody knows it, with a backend error when a cluster that might know it did not answer, and with `ambiguous`,
 * which lists the candidates, when several have it.
 */
export function theOne(answer: Answer<Device>, id: string, title: string): Device {
  const [device, ...others] = answer.rows
  if (device === undefined) throw absent(answer, `${title} ${JSON.stringify(id)}`)
  if (others.length > 0)
    throw new KCloudError('ambiguous', {
      detail: `${answer.rows.length} ${title}s have the id ${JSON.stringify(id)}: use a UUID or node:vendor:index, or name the cluster`,
      candidates: answer.rows
        .map((candidate) => `${candidate.cluster}/${deviceId(candidate)}`)
        .sort()
        .slice(0, MOST_CANDIDATES),
    })
  return device
}
