import type { Domain } from '../domain.ts'
import type { Needs } from './calls.ts'
import { prometheusRoutes } from './routes.ts'

/** The figures of the API as a Prometheus would have them, for whatever asks one. Nothing can be written. */
export function prometheus(needs: Needs): Domain {
  return {
    name: 'prometheus',
    path: 'prometheus/api/v1',
    foreign: true,
    routes: (app) => prometheusRoutes(app, needs),
  }
}
