import type { Domain } from '../domain.ts'
import { powerRoutes } from './routes.ts'
import { seriesRoutes } from './series-routes.ts'
import type { Needs } from './asked.ts'
import type { StreamParts } from './streams/parts.ts'
import { streamRoutes } from './streams/routes.ts'
import { unmatchedRoute } from './unmatched.ts'

interface WithStreams {
  /** What streams are made of; a server without them answers only when it is asked. */
  readonly streams?: StreamParts
}

/** Where the watts go: the fleet's power now and over time, each watt once. */
export function monitoring({ streams, ...needs }: Needs & WithStreams): Domain {
  return {
    name: 'monitoring',
    routes: (app) => {
      powerRoutes(app, needs)
      seriesRoutes(app, needs)
      unmatchedRoute(app, needs)
      if (streams !== undefined) streamRoutes(app, { ...needs, ...streams })
    },
  }
}
