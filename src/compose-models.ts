import { composeForecasts } from './compose-forecast.ts'
import { composeScaling } from './compose-scaling.ts'
import { costForecastsBySight, forecastsInSight } from './compose-scopes.ts'
import type { Config } from './config.ts'
import type { ClusterRegistry, ClusterSpec, Scopes } from './services/clusters/index.ts'
import { createCostForecasts } from './services/cost-forecast/index.ts'

/** What looks ahead, and what decides by it. */
export async function modelsOf(
  config: Config,
  around: Parameters<typeof composeForecasts>[1] &
    Parameters<typeof createCostForecasts>[0] &
    Omit<Parameters<typeof composeScaling>[1], 'forecasts'> & {
      readonly registry: ClusterRegistry<ClusterSpec>
      readonly scopes: Scopes
    },
) {
  const parts = await composeForecasts(config, around)
  const { scaling, ...policies } = await composeScaling(config, { ...around, ...parts })
  const start = (): void => {
    parts.forecasts.start()
    policies.start()
  }
  const close = () => closeInTurn([policies, parts.forecasts])
  const sees = { registry: around.registry, current: () => around.scopes.current() }
  return {
    ...parts,
    forecasts: forecastsInSight(parts.forecasts, sees),
    costForecasts: costForecastsBySight(() => createCostForecasts(around), sees),
    scaling,
    start,
    close,
  }
}

/** What answers goes first, and what it needs last. */
export async function closeInTurn(parts: readonly { close(): Promise<unknown> }[]): Promise<void> {
  for (const part of parts) await part.close()
}
