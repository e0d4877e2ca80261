import type { Config } from './config.ts'
import { createCostReader, fixedIntensities, type CostReader } from './services/costs/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import type { Telemetry } from './services/telemetry/index.ts'

/** The reader of costs, at the rates of the configuration. */
export function costReader(
  { cost, assumedPue }: Pick<Config, 'cost' | 'assumedPue'>,
  services: { readonly fleet: FleetReader; readonly telemetry: Telemetry },
): CostReader {
  const { model, currency, electricityRate: electricity, coolingFactor, carbonRate: carbon } = cost
  return createCostReader({
    ...services,
    rates: {
      model,
      currency,
      kcloud: { model: 'kcloud', electricity, coolingFactor, carbon },
      carbonPrice: carbon,
      tariffs: cost.tariffs,
      assumedPue,
    },
    intensities: fixedIntensities(cost.intensities),
  })
}
