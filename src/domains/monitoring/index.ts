import type { Domain } from '../domain.ts'
import type { Needs } from './asked.ts'
import { powerRoutes } from './routes.ts'
import { seriesRoutes } from './series-routes.ts'
import { unmatchedRoute } from './unmatched.ts'

/** Where the watts go: the fleet's power now and over time, each watt once. */
export function monitoring(needs: Needs): Domain {
  return {
    name: 'monitoring',
    routes: (app) => {
      powerRoutes(app, needs)
      seriesRoutes(app, needs)
      unmatchedRoute(app, needs)
    },
  }
}
