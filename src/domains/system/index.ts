import type { SelfMetrics } from '../../http/self-metrics.ts'
import type { Domain } from '../domain.ts'
import { metricsRoute, systemRoutes } from './routes.ts'
import type { Needs } from './service.ts'

export type { Capabilities } from './schemas.ts'

/** How the server is and what it can do. Open to all: probes, scrapers and clients ask without credentials. */
export function system({ metrics, ...needs }: Needs & { readonly metrics: SelfMetrics }): Domain {
  return {
    name: 'system',
    routes: (app) => {
      systemRoutes(app, needs)
      metricsRoute(app, { metrics, scopes: needs.scopes })
    },
  }
}
