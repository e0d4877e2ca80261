import type { Domain } from '../domain.ts'
import type { Needs } from './asked.ts'
import { costRoutes } from './routes.ts'

/** What energy costs and emits, and who pays for it. */
export function cost(needs: Needs): Domain {
  return {
    name: 'cost',
    path: '',
    atRoot: ['cost'],
    routes: (app) => costRoutes(app, needs),
  }
}
