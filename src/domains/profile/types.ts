import { sumKnown, sumOf } from '../../analysis/power/sum.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { wholeWorkload } from '../../analysis/power/shares.ts'
import { breakDown } from '../../analysis/power/breakdown.ts'
import { powerOfWorkloads, type WorkloadPower } from '../../analysis/power/workload-power.ts'
import { quantileOf } from '../../analysis/workloads/power-features.ts'
import { WORKLOAD_TYPES, type WorkloadType } from '../../analysis/workloads/workload-type.ts'
import type { Classifier } from '../../services/classifier/index.ts'
import { powerNow, totalOf, type Asked, type Needs } from '../../services/workloads/index.ts'
import { modelRow } from './model-row.ts'

const DESCRIPTIONS: Readonly<Record<WorkloadType, string>> = {
  training: 'learns a model: long stretches of full load',
  inference: 'works through data with a model, without anybody waiting',
  serving: 'answers requests with a model: its load follows those who ask',
  batch: 'a job that ends by itself',
  interactive: 'somebody works with it, in bursts',
  unknown: 'nothing tells',
}

/** The types of workloads by labels, owners and names, with the power of each, as in the breakdown by them. */
export async function workloadTypes(
  needs: Needs & { readonly classifier: Classifier },
  asked: Asked,
) {
  const [{ moment, account, portions, told }, model] = await Promise.all([
    powerNow(needs, asked, true),
    needs.classifier.model(),
  ])
  const total = totalOf({ account, portions })
  const { rows } = breakDown(portions, 'workload_type', moment.typeOf)
  const powers = groupBy(powerOfWorkloads(portions, wholeWorkload), ({ cluster, workload }) =>
    moment.typeOf(workload, cluster),
  )
  const data = {
    timestamp: asked.at,
    unit: 'watts' as const,
    total_power_watts: total.total_power_watts,
    coverage: total.coverage,
    method: 'attributed' as const,
    types: WORKLOAD_TYPES.map((type) => {
      const row = rows.find(({ kind, key }) => kind === 'named' && key['workload_type'] === type)
      return {
        workload_type: type,
        description: DESCRIPTIONS[type],
        power_watts: row?.power_watts ?? 0,
        percentage: row === undefined ? 0 : row.percentage,
        ...profileOf(powers.get(type) ?? []),
      }
    }),
    idle_power_watts: total.idle_watts,
    unattributed_power_watts: total.unattributed_watts,
    model: model === null ? null : modelRow(model),
  }
  return { data, observedAt: asked.at, ...told }
}

function profileOf(powers: readonly WorkloadPower[]) {
  const watts = powers.map(({ power_watts: own }) => own)
  const sorted = Float64Array.from(watts).sort()
  const sum = sumKnown(watts)
  const boards = sumOf(powers.map(({ parts }) => sumKnown([parts.gpu_watts, parts.npu_watts]) ?? 0))
  const isKnown = sum !== null && sum > 0
  return {
    workloads: powers.length,
    power_watts_mean: sum === null ? null : sum / powers.length,
    power_watts_p50: sum === null ? null : quantileOf(sorted, 0.5),
    power_watts_max: sum === null ? null : quantileOf(sorted, 1),
    accelerator_share: isKnown ? boards / sum : null,
  }
}
