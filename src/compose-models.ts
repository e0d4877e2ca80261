import { composeAlerts } from './compose-alerts.ts'
import { composeForecasts } from './compose-forecast.ts'
import { composeScaling } from './compose-scaling.ts'
import { alertsInSight, costForecastsBySight, forecastsInSight } from './compose-scopes.ts'
import type { Config } from './config.ts'
import type { ClusterRegistry, ClusterSpec, Scopes } from './services/clusters/index.ts'
import { createCanonical } from './services/canonical/index.ts'
import { createCostForecasts } from './services/cost-forecast/index.ts'

/** What looks ahead, what decides by it, and what watches. */
export async function modelsOf(
  config: Config,
  around: Parameters<typeof composeForecasts>[1] &
    Parameters<typeof createCostForecasts>[0] &
    Omit<Parameters<typeof composeAlerts>[1], 'canonical'> &
    Omit<Parameters<typeof composeScaling>[1], 'forecasts'> & {
      readonly registry: ClusterRegistry<ClusterSpec>
      readonly scopes: Scopes
    },
) {
  const parts = await composeForecasts(config, around)
  const { scaling, ...policies } = await composeScaling(config, { ...around, ...parts })
  const sees = { registry: around.registry, current: () => around.scopes.current() }
  const forecasts = forecastsInSight(parts.forecasts, sees)
  const canonical = createCanonical({ ...around, forecasts })
  const alerts = await composeAlerts(config, { ...around, canonical })
  return {
    ...parts,
    forecasts,
    costForecasts: costForecastsBySight(() => createCostForecasts(around), sees),
    scaling,
    canonical,
    alerts,
    alertEpisodes: alertsInSight(alerts, sees),
    alertSeconds: config.alerts.intervalSeconds,
    start() {
      parts.forecasts.start()
      policies.start()
      alerts.start()
    },
    close: () => closeInTurn([alerts, policies, parts.forecasts]),
  }
}

/** What answers goes first, and what it needs last. */
export async function closeInTurn(parts: readonly { close(): Promise<unknown> }[]): Promise<void> {
  for (const part of parts) await part.close()
}
