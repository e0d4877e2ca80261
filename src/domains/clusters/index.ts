import type { Domain } from '../domain.ts'
import { clusterChangeRoutes } from './change-routes.ts'
import { clusterRoutes } from './routes.ts'

type Needs = Parameters<typeof clusterRoutes>[1] & Parameters<typeof clusterChangeRoutes>[1]

/** The clusters that the server knows, how each is doing, and how they come and go. */
export function clusters(needs: Needs): Domain {
  return {
    name: 'clusters',
    routes: (app) => {
      clusterRoutes(app, needs)
      clusterChangeRoutes(app, needs)
    },
  }
}
