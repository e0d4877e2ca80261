import type { Config } from './config.ts'
import {
  createCostReader,
  electricityMaps,
  fixedIntensities,
  providedIntensities,
  wattTime,
  type CostReader,
  type IntensitySource,
} from './services/costs/index.ts'
import type { FleetReader } from './services/fleet/index.ts'
import type { WholeTelemetry } from './services/telemetry/index.ts'
import type { Scopes } from './services/clusters/index.ts'

/** The reader of costs, at the rates of the configuration. */
export function costReader(
  { cost, assumedPue }: Pick<Config, 'cost' | 'assumedPue'>,
  {
    scopes,
    ...services
  }: {
    readonly fleet: FleetReader
    readonly telemetry: WholeTelemetry
    readonly scopes: Pick<Scopes, 'current'>
  },
): CostReader {
  const { model, currency, electricityRate: electricity, coolingFactor, carbonRate: carbon } = cost
  return createCostReader({
    ...services,
    sight: () => scopes.current(),
    rates: {
      model,
      currency,
      kcloud: { model: 'kcloud', electricity, coolingFactor, carbon },
      carbonPrice: carbon,
      tariffs: cost.tariffs,
      books: cost.books,
      assumedPue,
    },
    intensities: intensitiesOf(cost),
  })
}

const TIMEOUT_SECONDS = 10

/** Of providers where there are any for a cluster, else of the files and constants. */
function intensitiesOf({ intensities, carbon }: Config['cost']): IntensitySource {
  const { electricityMaps: maps, wattTime: watt } = carbon
  const timeoutSeconds = TIMEOUT_SECONDS
  const provided = [
    ...(maps === null
      ? []
      : [{ provider: electricityMaps({ ...maps, timeoutSeconds }), zones: maps.zones }]),
    ...(watt === null
      ? []
      : [{ provider: wattTime({ ...watt, timeoutSeconds }), zones: watt.zones }]),
  ]
  const otherwise = fixedIntensities(intensities)
  if (provided.length === 0) return otherwise
  return providedIntensities(provided, { timeoutSeconds, now: () => new Date(), otherwise })
}
