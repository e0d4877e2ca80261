import type { Domain } from '../domain.ts'
import type { ProfileNeeds } from './classify.ts'
import { profileRoutes } from './routes.ts'

/** What workloads are: their types, by what was declared, observed or learnt. */
export function profile(needs: ProfileNeeds): Domain {
  return { name: 'profile', atRoot: ['profile'], routes: (app) => profileRoutes(app, needs) }
}
