import type { ApiKeys } from '../../services/access/index.ts'
import type { Domain } from '../domain.ts'
import { accessRoutes } from './routes.ts'

/** Who may sign in, and as what. */
export function access({ apiKeys }: { readonly apiKeys: ApiKeys }): Domain {
  return { name: 'access', path: 'system', routes: (app) => accessRoutes(app, apiKeys) }
}
