import type { Dimension } from '../../kernel/units.ts'

/** What Grafana calls our base units. */
const GRAFANA_UNITS = {
  power: 'watt',
  energy: 'joule',
  // "mb" in our names is 2^20 bytes, which Grafana calls `mbytes`.
  memory: 'mbytes',
  temperature: 'celsius',
  share: 'percent',
  frequency: 'suffix: MHz',
  bandwidth: 'Mbits',
  processors: 'suffix: cores',
  duration: 's',
  rotation: 'rotrpm',
  voltage: 'volt',
  current: 'amp',
  count: 'short',
  code: 'none',
} as const satisfies Readonly<Record<Dimension, string>>

/** The unit of Grafana for measures of a dimension. */
export const grafanaUnit = (dimension: Dimension): string => GRAFANA_UNITS[dimension]

const CURRENCIES = new Set(['USD', 'EUR', 'GBP', 'JPY', 'KRW', 'CHF', 'INR'])

/** The unit of Grafana for money. */
export const moneyUnit = (currency: string): string =>
  CURRENCIES.has(currency) ? `currency${currency}` : `suffix: ${currency}`
