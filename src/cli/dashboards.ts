import { PANELS, type PanelSpec } from './dashboard-panels.ts'

/** By which data source a dashboard asks. */
export type Flavour = 'json' | 'prometheus'

const DATASOURCES = {
  json: { type: 'simpod-json-datasource', uid: 'kcloud-json' },
  prometheus: { type: 'prometheus', uid: 'kcloud-prometheus' },
} as const satisfies Readonly<Record<Flavour, object>>

const TITLES = {
  'fleet-power': 'Fleet power',
  accelerators: 'Accelerators',
  'cost-and-carbon': 'Cost and carbon',
  'data-quality': 'Data quality',
  'forecast-and-budget': 'Forecast and budget',
} as const satisfies Readonly<Record<PanelSpec['dashboard'], string>>

/** A dashboard of Grafana, ready to be provisioned. */
export interface MadeDashboard {
  readonly file: string
  readonly dashboard: Readonly<Record<string, unknown>>
}

/** Every dashboard for each data source. */
export function madeDashboards(): readonly MadeDashboard[] {
  // The keys are those of the table.
  const names = Object.keys(TITLES) as (keyof typeof TITLES)[]
  return names.flatMap((name) =>
    (['json', 'prometheus'] as const).map((flavour) => ({
      file: `${name}-${flavour}.json`,
      dashboard: dashboardOf(name, flavour),
    })),
  )
}

function dashboardOf(name: keyof typeof TITLES, flavour: Flavour) {
  const specs = PANELS.filter((spec) => spec.dashboard === name && (spec[flavour]?.length ?? 0) > 0)
  return {
    uid: `kcloud-${name}-${flavour}`,
    title: `KCloud: ${TITLES[name]}${flavour === 'prometheus' ? ' (PromQL)' : ''}`,
    tags: ['kcloud', flavour],
    timezone: 'browser',
    editable: true,
    schemaVersion: 39,
    refresh: '1m',
    time: { from: 'now-1h', to: name === 'forecast-and-budget' ? 'now+1h' : 'now' },
    templating: { list: variables(flavour) },
    annotations: { list: flavour === 'json' ? [QUALITY] : [] },
    panels: placed(specs).map((panel, index) => panelOf(panel, index + 1, flavour)),
  }
}

const QUALITY = {
  name: 'Data quality',
  enable: true,
  iconColor: 'orange',
  datasource: DATASOURCES.json,
  target: { refId: 'Anno', target: 'events', payload: { kind: 'quality' } },
}

function variables(flavour: Flavour): readonly object[] {
  const query = flavour === 'json' ? 'cluster' : 'label_values(kcloud_power_watts, cluster)'
  const cluster = {
    name: 'cluster',
    label: 'Cluster',
    type: 'query',
    datasource: DATASOURCES[flavour],
    query,
    multi: true,
    includeAll: true,
    refresh: 2,
    current: { text: 'All', value: '$__all' },
  }
  const budget = {
    name: 'budget',
    label: 'Budget (W)',
    type: 'textbox',
    query: '60000',
    current: { text: '60000', value: '60000' },
  }
  return [cluster, budget]
}

interface Placed {
  readonly spec: PanelSpec
  readonly x: number
  readonly y: number
}

const COLUMNS = 24
const HEIGHT = 8

/** Panels from left to right, and below where there is no more room. */
function placed(specs: readonly PanelSpec[]): readonly Placed[] {
  const start = { x: 0, y: 0, all: [] as readonly Placed[] }
  return specs.reduce(({ x, y, all }, spec) => {
    const fits = x + spec.width <= COLUMNS
    const place = fits ? { x, y } : { x: 0, y: y + HEIGHT }
    return { x: place.x + spec.width, y: place.y, all: [...all, { spec, ...place }] }
  }, start).all
}

function panelOf({ spec, x, y }: Placed, id: number, flavour: Flavour) {
  const datasource = DATASOURCES[flavour]
  return {
    id,
    type: spec.kind,
    title: spec.title,
    description: spec.description,
    datasource,
    gridPos: { x, y, w: spec.width, h: HEIGHT },
    fieldConfig: {
      defaults: { ...(spec.unit !== undefined && { unit: spec.unit }) },
      overrides: [],
    },
    options: {},
    targets: targetsOf(spec, flavour, datasource),
  }
}

const LETTERS = 'ABCDEFGH'

function targetsOf(spec: PanelSpec, flavour: Flavour, datasource: object): readonly object[] {
  if (flavour === 'json')
    return (spec.json ?? []).map((target, index) => ({
      refId: LETTERS[index],
      datasource,
      editorMode: 'builder',
      ...target,
    }))
  return (spec.prometheus ?? []).map(({ expr, legend = '__auto' }, index) => ({
    refId: LETTERS[index],
    datasource,
    expr,
    legendFormat: legend,
    instant: spec.kind !== 'timeseries',
    range: spec.kind === 'timeseries',
    ...(spec.kind === 'table' && { format: 'table' }),
  }))
}
