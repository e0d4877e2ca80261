import type { Domain } from '../domain.ts'
import { scalingRoutes } from './routes.ts'
import type { Needs } from './service.ts'

/** Scaling by power: policies, what they decide, and how they would have done. */
export function scaling(needs: Needs): Domain {
  return { name: 'scaling', routes: (app) => scalingRoutes(app, needs) }
}
