import { z } from 'zod'
import { clusterParameter, nameText, windowParameters } from '../../http/parameters.ts'

export const onlyCluster = z.object(clusterParameter)
export const windowQuery = z.object({ ...clusterParameter, ...windowParameters })
export const noParams = z.object({})
export const nodeParams = z.object({ node: nameText.describe('A node as its cluster calls it.') })
export const podParams = z.object({ namespace: nameText, pod: nameText })
export const containerParams = z.object({
  id: nameText.describe(
    'The id that its runtime gave it, at least its first 12 characters, or `namespace:pod:container`.',
  ),
})
export const vmParams = z.object({
  id: nameText.describe('Its UUID, the name of its domain, `node:domain`, or its own name.'),
})
