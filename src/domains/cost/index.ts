import type { Domain } from '../domain.ts'
import type { Needs } from './asked.ts'
import { dialectRoutes } from './dialect-routes.ts'
import { costRoutes } from './routes.ts'

/** What energy costs and emits, and who pays for it. */
export function cost(needs: Needs & { readonly now: () => Date }): Domain {
  return {
    name: 'cost',
    path: '',
    atRoot: ['cost', 'allocation'],
    routes: (app) => {
      costRoutes(app, needs)
      dialectRoutes(app, needs)
    },
  }
}
