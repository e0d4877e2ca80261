import { readFileSync } from 'node:fs'
import type { IntensitySeries } from '../../../src/analysis/cost/intensity.ts'
import type { Tariff } from '../../../src/analysis/cost/tariff.ts'
import { intensityList } from '../../../src/config-intensities.ts'
import { tariffList } from '../../../src/config-tariffs.ts'

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../rates/${path}.json`, import.meta.url), 'utf8'))

/** A tariff that the product ships. */
export function shippedTariff(name: string): Tariff {
  const [tariff] = tariffList.parse(read(`tariffs/${name}`))
  if (tariff === undefined) throw new Error(`no tariff in ${name}`)
  return tariff
}

/** An intensity series that the product ships. */
export function shippedIntensity(name: string): IntensitySeries {
  const [series] = intensityList.parse(read(`intensities/${name}`))
  if (series === undefined) throw new Error(`no series in ${name}`)
  return series
}
