import type { ApiKeys, Audit } from '../../services/access/index.ts'
import type { Domain } from '../domain.ts'
import { auditRoutes } from './audit-routes.ts'
import { accessRoutes } from './routes.ts'

interface Needs {
  readonly apiKeys: ApiKeys
  readonly audit: Audit
}

/** Who may sign in, and as what, and what they did. */
export function access({ apiKeys, audit }: Needs): Domain {
  return {
    name: 'access',
    path: 'system',
    routes: (app) => {
      accessRoutes(app, apiKeys)
      auditRoutes(app, audit)
    },
  }
}
