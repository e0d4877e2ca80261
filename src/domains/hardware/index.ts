import type { Domain } from '../domain.ts'
import type { Needs } from '../../services/hardware/index.ts'
import { hardwareRoutes } from './routes.ts'

/** Servers as their own management sees them: sensors, fans, power supplies, and whether they are on. */
export function hardware(needs: Needs): Domain {
  return {
    name: 'hardware',
    routes: (app) => {
      hardwareRoutes(app, needs)
    },
  }
}
