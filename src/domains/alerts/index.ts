import type { Domain } from '../domain.ts'
import type { Needs } from './needs.ts'
import { alertRoutes } from './routes.ts'

export { EXAMPLE_RULES } from './example-rules.ts'

/** Alerts: rules on the figures, what they see, and who is told. */
export function alerts(needs: {
  readonly alerts: Needs['alerts']
  readonly alertSeconds: number
}): Domain {
  const { alerts: service, alertSeconds: intervalSeconds } = needs
  return { name: 'alerts', routes: (app) => alertRoutes(app, { alerts: service, intervalSeconds }) }
}
