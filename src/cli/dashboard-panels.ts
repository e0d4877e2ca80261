/** What one panel shows, by each data source. */
export interface PanelSpec {
  readonly dashboard:
    'fleet-power' | 'accelerators' | 'cost-and-carbon' | 'data-quality' | 'forecast-and-budget'
  readonly title: string
  readonly description: string
  readonly kind: 'timeseries' | 'stat' | 'table'
  readonly width: number
  readonly unit?: string
  /** Figures of the JSON data source. */
  readonly json?: readonly {
    readonly target: string
    readonly payload: Readonly<Record<string, string>>
  }[]
  /** Queries of the canonical metrics. */
  readonly prometheus?: readonly { readonly expr: string; readonly legend?: string }[]
}

const CLUSTER = { cluster: '$cluster' }
const WHERE = '{cluster=~"$cluster"}'

/** Every panel of the ready dashboards. */
export const PANELS: readonly PanelSpec[] = [
  {
    dashboard: 'fleet-power',
    title: 'Power now',
    description: 'Every watt once.',
    kind: 'stat',
    width: 6,
    unit: 'watt',
    json: [{ target: 'power', payload: { ...CLUSTER, by: 'total' } }],
    prometheus: [{ expr: `sum(kcloud_power_watts${WHERE})` }],
  },
  {
    dashboard: 'fleet-power',
    title: 'Power by cluster',
    description: 'The lines add up to the total.',
    kind: 'timeseries',
    width: 18,
    unit: 'watt',
    json: [{ target: 'power', payload: { ...CLUSTER, by: 'cluster' } }],
    prometheus: [{ expr: `sum by (cluster) (kcloud_power_watts${WHERE})`, legend: '{{cluster}}' }],
  },
  {
    dashboard: 'fleet-power',
    title: 'Power by component',
    description: 'Processors, memory, accelerators and the rest of the nodes.',
    kind: 'timeseries',
    width: 12,
    unit: 'watt',
    json: [{ target: 'power', payload: { ...CLUSTER, by: 'resource_type' } }],
    prometheus: [
      {
        expr: `sum by (component) (kcloud_component_power_watts${WHERE})`,
        legend: '{{component}}',
      },
    ],
  },
  {
    dashboard: 'fleet-power',
    title: 'Nodes that draw most',
    description: 'By their most trusted meter.',
    kind: 'timeseries',
    width: 12,
    unit: 'watt',
    json: [{ target: 'power', payload: { ...CLUSTER, by: 'node', top: '10' } }],
    prometheus: [
      { expr: `topk(10, kcloud_power_watts${WHERE})`, legend: '{{cluster}} / {{node}}' },
    ],
  },
  {
    dashboard: 'fleet-power',
    title: 'Power by namespace now',
    description: 'With what is idle and unattributed: the rows add up.',
    kind: 'table',
    width: 24,
    json: [{ target: 'power_breakdown', payload: { ...CLUSTER, by: 'namespace' } }],
    prometheus: [
      { expr: `sum by (cluster, use, namespace) (kcloud_workload_power_watts${WHERE})` },
    ],
  },
  {
    dashboard: 'accelerators',
    title: 'Power of GPUs by model',
    description: 'As their own sensors read it.',
    kind: 'timeseries',
    width: 12,
    unit: 'watt',
    json: [
      {
        target: 'power_watts',
        payload: { ...CLUSTER, entity: 'gpu', by: 'model', aggregation: 'sum' },
      },
    ],
    prometheus: [{ expr: `sum by (model) (kcloud_gpu_power_watts${WHERE})`, legend: '{{model}}' }],
  },
  {
    dashboard: 'accelerators',
    title: 'Utilisation of GPUs by node',
    description: 'The mean of the boards of a node.',
    kind: 'timeseries',
    width: 12,
    unit: 'percent',
    json: [{ target: 'gpu_utilization_percent', payload: { ...CLUSTER, by: 'node' } }],
    prometheus: [
      {
        expr: `avg by (cluster, node) (kcloud_gpu_utilization_percent${WHERE})`,
        legend: '{{cluster}} / {{node}}',
      },
    ],
  },
  {
    dashboard: 'accelerators',
    title: 'Hottest GPU of each node',
    description: 'The temperature of the die.',
    kind: 'timeseries',
    width: 12,
    unit: 'celsius',
    json: [
      {
        target: 'gpu_temperature_celsius',
        payload: { ...CLUSTER, by: 'node', aggregation: 'max' },
      },
    ],
    prometheus: [
      {
        expr: `max by (cluster, node) (kcloud_gpu_temperature_celsius${WHERE})`,
        legend: '{{cluster}} / {{node}}',
      },
    ],
  },
  {
    dashboard: 'accelerators',
    title: 'Power of NPUs',
    description: 'As their own sensors read it.',
    kind: 'timeseries',
    width: 12,
    unit: 'watt',
    json: [
      {
        target: 'power_watts',
        payload: { ...CLUSTER, entity: 'npu', by: 'vendor', aggregation: 'sum' },
      },
    ],
    prometheus: [
      { expr: `sum by (vendor) (kcloud_npu_power_watts${WHERE})`, legend: '{{vendor}}' },
    ],
  },
  {
    dashboard: 'accelerators',
    title: 'GPUs',
    description: 'What they do now and who holds them.',
    kind: 'table',
    width: 24,
    json: [{ target: 'gpus', payload: CLUSTER }],
    prometheus: [{ expr: `kcloud_gpu_power_watts${WHERE}` }],
  },
  {
    dashboard: 'cost-and-carbon',
    title: 'Cost',
    description: 'By the cost model of the deployment.',
    kind: 'timeseries',
    width: 12,
    json: [{ target: 'cost', payload: { ...CLUSTER, by: 'cluster', show: 'cost' } }],
    prometheus: [{ expr: `kcloud_cost_per_hour${WHERE}`, legend: '{{cluster}} {{currency}}/h' }],
  },
  {
    dashboard: 'cost-and-carbon',
    title: 'Energy',
    description: 'What was measured of it.',
    kind: 'timeseries',
    width: 12,
    json: [{ target: 'cost', payload: { ...CLUSTER, by: 'cluster', show: 'energy_kwh' } }],
    prometheus: [
      { expr: `sum by (cluster) (kcloud_power_watts${WHERE}) / 1000`, legend: '{{cluster}} kWh/h' },
    ],
  },
  {
    dashboard: 'cost-and-carbon',
    title: 'Cost and carbon by namespace',
    description: 'Of the whole window; the rows add up.',
    kind: 'table',
    width: 24,
    json: [{ target: 'cost_table', payload: { ...CLUSTER, by: 'namespace' } }],
    prometheus: [{ expr: `sum by (currency) (kcloud_cost_per_hour${WHERE})` }],
  },
  {
    dashboard: 'data-quality',
    title: 'Coverage',
    description: 'Share of the nodes whose power is measured. Below 100 % totals are too low.',
    kind: 'timeseries',
    width: 24,
    unit: 'percent',
    json: [{ target: 'coverage', payload: CLUSTER }],
    prometheus: [{ expr: `kcloud_coverage_ratio${WHERE} * 100`, legend: '{{cluster}}' }],
  },
  {
    dashboard: 'data-quality',
    title: 'Clusters',
    description: 'Whether they answer.',
    kind: 'table',
    width: 24,
    json: [{ target: 'clusters', payload: CLUSTER }],
    prometheus: [{ expr: `kcloud_nodes${WHERE}` }],
  },
  {
    dashboard: 'data-quality',
    title: 'Warnings',
    description: 'What is missing from the figures of now.',
    kind: 'table',
    width: 24,
    json: [{ target: 'warnings', payload: CLUSTER }],
  },
  {
    dashboard: 'data-quality',
    title: 'Events',
    description: 'What befell the data.',
    kind: 'table',
    width: 24,
    json: [{ target: 'events', payload: CLUSTER }],
  },
  {
    dashboard: 'forecast-and-budget',
    title: 'Power, what is to come, and the budget',
    description: 'The bands say how sure the forecast is.',
    kind: 'timeseries',
    width: 24,
    unit: 'watt',
    json: [
      { target: 'power', payload: { by: 'total' } },
      { target: 'power_forecast', payload: { horizon: '1h' } },
      { target: 'power_budget', payload: { watts: '$budget' } },
    ],
    prometheus: [
      { expr: 'sum(kcloud_power_watts)', legend: 'power' },
      { expr: 'kcloud_power_forecast_watts', legend: '{{band}}' },
      { expr: '$budget', legend: 'budget' },
    ],
  },
  {
    dashboard: 'forecast-and-budget',
    title: 'Budget used',
    description: 'Power as a share of the budget.',
    kind: 'timeseries',
    width: 24,
    unit: 'percent',
    prometheus: [{ expr: 'sum(kcloud_power_watts) / $budget * 100', legend: 'used' }],
  },
]
