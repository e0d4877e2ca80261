import { z } from 'zod'
import { clusterParameter, nameText, windowParameters } from '../../http/parameters.ts'

export const onlyCluster = z.object(clusterParameter)
export const windowQuery = z.object({ ...clusterParameter, ...windowParameters })
export const noParams = z.object({})
export const nodeParams = z.object({ node: nameText.describe('A node as its cluster calls it.') })
