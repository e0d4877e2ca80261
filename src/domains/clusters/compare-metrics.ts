/** What clusters can be compared by. A sum of values that do not add up would say nothing: they have no shares. */
export const COMPARE_METRICS = {
  power: { unit: 'watts', adds: true, meaning: 'what the cluster draws now' },
  energy: { unit: 'joules', adds: true, meaning: 'what it has drawn over the window' },
  utilization: { unit: 'percent', adds: false, meaning: 'the mean of its accelerators now' },
  temperature: { unit: 'celsius', adds: false, meaning: 'the hottest of its accelerators now' },
  efficiency: {
    unit: 'percent_per_watt',
    adds: false,
    meaning: 'mean utilisation ÷ mean watts of its GPUs now',
  },
  idle_power: { unit: 'watts', adds: true, meaning: 'what no workload uses of its power now' },
  accelerators: { unit: 'count', adds: true, meaning: 'the GPUs and NPUs that it knows' },
} as const satisfies Readonly<Record<string, CompareMetricSpec>>

interface CompareMetricSpec {
  readonly unit: string
  readonly adds: boolean
  readonly meaning: string
}

export type CompareMetric = keyof typeof COMPARE_METRICS

// The keys of an object of ours are those of its type.
export const COMPARE_METRIC_NAMES = Object.keys(COMPARE_METRICS) as [
  CompareMetric,
  ...CompareMetric[],
]
