import type { Needs } from '../../services/workloads/index.ts'
import type { Domain } from '../domain.ts'
import { powerRoutes } from './routes.ts'

/** The power of workloads, containers and nodes, in the shapes of a collector of power. */
export function power(needs: Needs): Domain {
  return { name: 'power', atRoot: ['power'], routes: (app) => powerRoutes(app, needs) }
}
