import type { Domain } from '../domain.ts'
import type { Needs } from './needs.ts'
import { grafanaRoutes } from './routes.ts'

/** The data source of Grafana dashboards: the figures of the API in the shapes that Grafana's JSON data sources read. */
export function grafana(needs: Needs): Domain {
  return { name: 'grafana', foreign: true, routes: (app) => grafanaRoutes(app, needs) }
}
