import type { Domain } from '../domain.ts'
import { modelRoutes } from './routes.ts'
import type { Needs } from './service.ts'

/** The models of the forecasts: what there is, how good it is, and its training. */
export function models(needs: Needs): Domain {
  return { name: 'models', routes: (app) => modelRoutes(app, needs) }
}
