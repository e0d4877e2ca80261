import type { IntensitySeries } from '../../analysis/cost/intensity.ts'
import type { IntensitySource } from './question.ts'

/** Intensities that are known beforehand: of a cluster the series that names it, else the first one for all. */
export function fixedIntensities(series: readonly IntensitySeries[]): IntensitySource {
  const of = (cluster: string): IntensitySeries | undefined =>
    series.find(({ clusters }) => clusters?.includes(cluster) === true) ??
    series.find(({ clusters }) => clusters === null)
  return {
    read: ({ clusters }) =>
      Promise.resolve({
        byCluster: new Map(
          clusters.flatMap((cluster) => {
            const found = of(cluster)
            return found === undefined ? [] : [[cluster, found]]
          }),
        ),
        missing: [],
      }),
  }
}
