import type { Needs } from '../../services/workloads/index.ts'
import type { Domain } from '../domain.ts'
import { collectorRoutes, type CollectorNeeds } from './collector.ts'
import { rollupRoutes, type RollupNeeds } from './rollup-routes.ts'
import { powerRoutes } from './routes.ts'

/** The power of workloads, containers and nodes, in the shapes of a collector of power, and the collector itself. */
export function power(needs: Needs & CollectorNeeds & RollupNeeds): Domain {
  return {
    name: 'power',
    atRoot: ['power'],
    routes: (app) => {
      powerRoutes(app, needs)
      collectorRoutes(app, needs)
      rollupRoutes(app, needs)
    },
  }
}
