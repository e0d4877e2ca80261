import type { ClusterRegistry, ClusterSpec } from '../../services/clusters/index.ts'
import type { Telemetry } from '../../services/telemetry/index.ts'
import type { Domain } from '../domain.ts'
import { clusterRoutes } from './routes.ts'

interface Needs {
  readonly registry: ClusterRegistry<ClusterSpec>
  readonly telemetry: Telemetry
}

/** The clusters that the server knows, and how each is doing. */
export function clusters(needs: Needs): Domain {
  return {
    name: 'clusters',
    routes: (app) => {
      clusterRoutes(app, needs)
    },
  }
}
