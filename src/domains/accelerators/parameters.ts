import { z } from 'zod'
import type { ResourceRequest } from '../../http/app.ts'
import {
  clusterParameter,
  exactFilter,
  nameText,
  pageParameters,
  windowParameters,
} from '../../http/parameters.ts'
import type { Asked } from './device-filter.ts'
import { statusSchema } from './schemas.ts'

const filters = (devices: string, vendor: string) => ({
  node: exactFilter(`Only ${devices} of this node.`),
  namespace: exactFilter(`Only ${devices} that a pod of this namespace holds.`),
  pod: exactFilter(`Only ${devices} that this pod holds.`),
  vendor: exactFilter(`Only ${devices} of this vendor, such as \`${vendor}\`.`),
  model: exactFilter(`Only ${devices} of this model, as the driver names it.`),
  status: statusSchema.optional(),
})

/** The parameters of a list and of a summary of devices, by what they are called. */
export function listParameters(devices: string, vendor: string) {
  const those = { ...clusterParameter, ...filters(devices, vendor) }
  return { summary: z.object(those), list: z.object({ ...those, ...pageParameters }) }
}

export const onlyCluster = z.object(clusterParameter)
export const windowQuery = z.object({ ...clusterParameter, ...windowParameters })
export const noParams = z.object({})
export const idParams = z.object({
  id: nameText.describe('A UUID, `node:vendor:index`, or an index alone where it is unambiguous.'),
})

/** What every question of a request carries. */
export function askedBy({
  query,
  at,
  signal,
}: ResourceRequest<{ readonly cluster?: readonly string[] | undefined }, unknown>): Asked {
  return { clusters: query.cluster, at, signal }
}
