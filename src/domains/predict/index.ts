import type { Domain } from '../domain.ts'
import { predictRoutes } from './routes.ts'
import type { Needs } from './service.ts'

/** What is to come: the power of workloads, nodes, clusters and posted series. */
export function predict(needs: Needs): Domain {
  return { name: 'predict', routes: (app) => predictRoutes(app, needs) }
}
