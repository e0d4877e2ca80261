import { z } from 'zod'
import { readDecimal, type Decimal } from './analysis/cost/decimal.ts'
import type { IntensitySeries } from './analysis/cost/intensity.ts'
import type { PriceBook } from './analysis/cost/price-book.ts'
import { COST_MODELS, type CostModel } from './analysis/cost/models.ts'
import type { Tariff } from './analysis/cost/tariff.ts'
import { carbonConfig, carbonSettings, checkCarbon, type CarbonConfig } from './config-carbon.ts'
import { constantIntensity, intensityList } from './config-intensities.ts'
import { readJsonFile } from './config-json.ts'
import { currencyCode } from './config-rates.ts'
import { documented, optional, setting } from './config-setting.ts'
import { priceBookList } from './config-prices.ts'
import { flatTariff, tariffList } from './config-tariffs.ts'
import { anyText, oneOf } from './config-values.ts'

const NOT_NEGATIVE = 'must be an amount such as 0.12, not negative'

const exact: z.ZodType<Decimal, string> = z.string().transform((text, context) => {
  const read = readDecimal(text.trim())
  if (read !== undefined) return read
  context.addIssue({ code: 'custom', message: NOT_NEGATIVE })
  return z.NEVER
})

/** What energy costs and emits. */
export const costSettings = {
  ...carbonSettings,
  costModel: setting(
    oneOf(COST_MODELS),
    'kcloud',
    'How cost is made of energy, unless a request says: kcloud is the published formula (electricity, cooling on top, carbon by the kWh); facility is the physical one (kWh × PUE × tariff, and kg CO2 × price of a kg).',
  ),
  costCurrency: currencyCode.prefault('USD').register(documented, {
    about: 'The currency of all prices (ISO 4217); tariffs of another are refused.',
    byDefault: 'USD',
  }),
  electricityRate: setting(exact, '0.12', 'The price of a kWh, where no tariff says another.'),
  coolingFactor: setting(
    exact,
    '1.3',
    'What cooling costs for what electricity does, in the model kcloud.',
  ),
  carbonRate: setting(
    exact,
    '0.05',
    'The price of carbon: for a kWh in the model kcloud, as its formula uses it; for a kg CO2 in the model facility.',
  ),
  tariffFile: optional(anyText, {
    about:
      'A JSON file of tariffs, with dates, time zones, seasons, bands and demand: docs/how-to/cost-and-carbon.md. Examples are in rates/tariffs.',
    example: './rates/tariffs/flat.json',
  }),
  nodePriceFile: optional(anyText, {
    about:
      'A JSON file of price books: what nodes cost by the hour, by class and GPU model, spot or on demand, with dates: docs/how-to/cost-and-carbon.md. An example is in rates/nodes.',
    example: './rates/nodes/example.json',
  }),
  carbonIntensity: optional(exact, {
    about:
      'The carbon intensity of electricity at all times, in kg CO2 for a kWh, where no file has one for the cluster.',
    example: '0.4173',
  }),
  carbonIntensityFile: optional(anyText, {
    about:
      'A JSON file of carbon intensities, hourly or by dates. An example is in rates/intensities.',
    example: './rates/intensities/korea.json',
  }),
}

/** What a deployment pays and emits, as its configuration says. */
export interface CostConfig {
  readonly model: CostModel
  readonly currency: string
  readonly electricityRate: Decimal
  readonly coolingFactor: Decimal
  readonly carbonRate: Decimal
  readonly tariffs: readonly Tariff[]
  readonly books: readonly PriceBook[]
  readonly intensities: readonly IntensitySeries[]
  /** Whoever publishes intensities over the network. */
  readonly carbon: CarbonConfig
}

export type CostSettings = {
  readonly [Name in keyof typeof costSettings]: z.output<(typeof costSettings)[Name]>
}

type Complain = (setting: keyof CostSettings, detail: string) => void

/** The rates of a deployment, its files read and checked. */
export function readCost(read: Partial<CostSettings>, complain: Complain): CostConfig {
  checkCarbon(read, complain)
  const currency = read.costCurrency ?? 'USD'
  const electricityRate = read.electricityRate ?? 0n
  return {
    model: read.costModel ?? 'kcloud',
    currency,
    electricityRate,
    coolingFactor: read.coolingFactor ?? 0n,
    carbonRate: read.carbonRate ?? 0n,
    tariffs: [...tariffsOf(read, currency, complain), flatTariff(electricityRate, currency)],
    books: booksOf(read, currency, complain),
    intensities: intensitiesOf(read, complain),
    carbon: carbonConfig(read),
  }
}

function tariffsOf(
  { tariffFile: file }: Partial<CostSettings>,
  currency: string,
  complain: Complain,
): readonly Tariff[] {
  if (file === undefined) return []
  const tell = (mistake: string): void => complain('tariffFile', `${file}: ${mistake}`)
  return inCurrency(currency, readJsonFile(file, tariffList, tell) ?? [], tell)
}

function booksOf(
  { nodePriceFile: file }: Partial<CostSettings>,
  currency: string,
  complain: Complain,
): readonly PriceBook[] {
  if (file === undefined) return []
  const tell = (mistake: string): void => complain('nodePriceFile', `${file}: ${mistake}`)
  return inCurrency(currency, readJsonFile(file, priceBookList, tell) ?? [], tell)
}

/** Price lists, of which those in another currency than the deployment's are mistakes. */
function inCurrency<List extends { readonly name: string; readonly currency: string }>(
  currency: string,
  lists: readonly List[],
  tell: (mistake: string) => void,
): readonly List[] {
  for (const list of lists)
    if (list.currency !== currency)
      tell(`${list.name} is in ${list.currency}, and COST_CURRENCY is ${currency}`)
  return lists
}

function intensitiesOf(
  { carbonIntensity: constant, carbonIntensityFile: file }: Partial<CostSettings>,
  complain: Complain,
): readonly IntensitySeries[] {
  const everywhere = constant === undefined ? [] : [constantIntensity(constant)]
  if (file === undefined) return everywhere
  const tell = (mistake: string): void => complain('carbonIntensityFile', `${file}: ${mistake}`)
  return [...(readJsonFile(file, intensityList, tell) ?? []), ...everywhere]
}
