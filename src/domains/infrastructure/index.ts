import type { Domain } from '../domain.ts'
import type { Needs } from './asked.ts'
import { containerRoutes } from './container-routes.ts'
import { nodeRoutes } from './node-routes.ts'
import { podRoutes } from './pod-routes.ts'
import { vmRoutes } from './vm-routes.ts'

/** What the clusters are made of and what runs on it: nodes, pods, containers and virtual machines. */
export function infrastructure(needs: Needs): Domain {
  return {
    name: 'infrastructure',
    routes: (app) => {
      nodeRoutes(app, needs)
      podRoutes(app, needs)
      containerRoutes(app, needs)
      vmRoutes(app, needs)
    },
  }
}
