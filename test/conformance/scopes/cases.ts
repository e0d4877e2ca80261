/** One request of a case: below its path, with what stands for names in it. */
export interface Asked {
  /** What is behind the path; names in braces of the path are filled in by `params`. */
  readonly query?: string
  readonly params?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly form?: boolean
}

const W = 'period=10m&step=1m'
const CLUSTERS = ['', 'cluster=alpha', 'cluster=hidden', 'cluster=nowhere', 'cluster=alpha,hidden']
const all = (...more: string[]): readonly Asked[] =>
  CLUSTERS.map((cluster) => ({ query: [cluster, ...more].filter((one) => one !== '').join('&') }))
const each = (params: readonly Readonly<Record<string, string>>[], query = ''): readonly Asked[] =>
  params.flatMap((one) => all(query).map((asked) => ({ ...asked, params: one })))
const bodies = (...list: unknown[]): readonly Asked[] => list.map((body) => ({ body }))
const once: readonly Asked[] = [{}]

const GPUS = ['GPU-own', 'GPU-bravo', 'GPU-nothing'].map((id) => ({ id }))
const NPUS = ['NPU-x'].map((id) => ({ id }))
const NODES = ['node-1', 'node-bravo', 'node-nowhere'].map((node) => ({ node }))
const VMS = ['vm-x'].map((id) => ({ id }))
const PODS = [
  { namespace: 'own-shop', pod: 'own-web-0' },
  { namespace: 'bravo-secret', pod: 'bravo-pod-0' },
  { namespace: 'own-shop', pod: 'bravo-pod-0' },
  { namespace: 'bravo-secret', pod: 'bravo-nothing' },
]
const CONTAINERS = [
  'own-shop:own-web-0:web',
  'bravo-secret:bravo-pod-0:bravo-main',
  'own-web-0abcdef0123456789',
  'bravo-pod-0abcdef0123456789',
  'bravo-nothing-0abcdef',
].map((id) => ({ id }))
const NAMES = ['alpha', 'hidden', 'nowhere'].map((name) => ({ name }))
const WORKLOADS = ['own-web-0', 'bravo-pod-0', 'bravo-nothing', 'own-shop/own-web-0']
const WHERE = ['', 'namespace=own-shop', 'namespace=bravo-secret', 'node=node-bravo', 'node=node-1']
const filtered = (more = ''): readonly Asked[] =>
  WHERE.flatMap((where) => all(...[where, more].filter((one) => one !== '')))
const BY = ['cluster', 'node', 'namespace', 'pod', 'vendor', 'resource_type', 'workload_type']
const RANGE = { from: 'now-10m', to: 'now' }
const JOB = [{ params: { job_id: 'a' } }, { params: { job_id: 'b' } }]
const ID = [{ params: { id: '6f1c7a52-9c1e-4a53-8f0e-3a1f5b0c2d44' } }, { params: { id: 'x' } }]

const QUERIES = [
  'kcloud_power_watts',
  'sum(kcloud_power_watts)',
  'kcloud_power_watts{cluster="hidden"}',
  'kcloud_power_watts{cluster="nowhere"}',
  'kcloud_power_watts{node="node-bravo"}',
  'count(kcloud_workload_power_watts)',
  'kcloud_workload_power_watts',
  'kcloud_workload_power_watts{namespace="bravo-secret"}',
  'kcloud_workload_power_watts{namespace="own-shop"}',
  '{cluster=~".+"}',
  '{__name__=~"kcloud_.+",namespace!=""}',
  'kcloud_nothing',
  'sum by (',
].map((query) => encodeURIComponent(query))
const MATCHES = ['kcloud_power_watts', '{cluster=~".+"}', '{namespace=~".+"}'].map(
  (text) => `match[]=${encodeURIComponent(text)}`,
)
const forms = (queries: readonly string[]): readonly Asked[] =>
  queries.map((query) => ({ body: query, form: true }))
const INSTANT = QUERIES.map((query) => `query=${query}`)

const panel = (target: string, payload: object = {}) => ({
  range: RANGE,
  targets: [{ refId: 'A', target, payload }],
})
const FIGURES = [
  'power',
  'power_breakdown',
  'coverage',
  'nodes',
  'clusters',
  'warnings',
  'events',
  'power_forecast',
  'accelerators',
  '.*',
]
const PAYLOADS = [{}, { cluster: 'alpha' }, { cluster: 'hidden' }, { cluster: 'nowhere' }]
const VALUES = ['cluster', 'node', 'namespace', 'pod', 'vendor', 'model', 'uuid', 'metric', 'odd']

const WORKLOAD_BODIES = WORKLOADS.flatMap((workload_id) =>
  [undefined, 'alpha', 'hidden', 'nowhere'].map((cluster) => ({
    workload_id,
    ...(cluster !== undefined && { cluster }),
  })),
)
const CLUSTER_BODIES = [{}, { cluster: 'alpha' }, { cluster: 'hidden' }, { cluster: 'nowhere' }]
const RESOURCES = { cpu_cores: 2, memory_gb: 2, gpu_count: 0, npu_count: 0 }

/** What is asked of every operation of the API. A new one without a case here fails the test. */
export const CASES: Readonly<Record<string, readonly Asked[]>> = {
  'GET /api/v1/accelerators': filtered(),
  'GET /api/v1/accelerators/all': filtered(),
  'GET /api/v1/accelerators/summary': all(),
  'GET /api/v1/accelerators/gpus': filtered(),
  'GET /api/v1/accelerators/gpus/summary': all(),
  'GET /api/v1/accelerators/gpus/{id}': each(GPUS),
  'GET /api/v1/accelerators/gpus/{id}/metrics': each(GPUS),
  'GET /api/v1/accelerators/gpus/{id}/partitions': each(GPUS),
  'GET /api/v1/accelerators/gpus/{id}/power': each(GPUS, W),
  'GET /api/v1/accelerators/gpus/{id}/temperature': each(GPUS, W),
  'GET /api/v1/accelerators/npus': filtered(),
  'GET /api/v1/accelerators/npus/summary': all(),
  'GET /api/v1/accelerators/npus/{id}': each(NPUS),
  'GET /api/v1/accelerators/npus/{id}/metrics': each(NPUS),
  'GET /api/v1/accelerators/npus/{id}/partitions': each(NPUS),
  'GET /api/v1/accelerators/npus/{id}/cores': each(NPUS),
  'GET /api/v1/accelerators/npus/{id}/power': each(NPUS, W),
  'GET /api/v1/accelerators/npus/{id}/temperature': each(NPUS, W),
  'POST /api/v1/analyze': bodies(...WORKLOAD_BODIES, { workload_id: 'x', resources: RESOURCES }),
  'POST /api/v1/predict-cost': bodies(
    ...CLUSTER_BODIES.map((where) => ({ ...where, resources: RESOURCES, duration_hours: 1 })),
  ),
  'GET /api/v1/metrics': all(),
  'GET /api/v1/clusters': [{}, { query: 'limit=1' }, { query: 'offset=1' }],
  'POST /api/v1/clusters': bodies({ name: 'hidden', url: 'http://x' }, { name: 'new', url: 'x' }),
  'GET /api/v1/clusters/compare': all('metrics=power,efficiency'),
  'GET /api/v1/clusters/{name}': NAMES.map((params) => ({ params })),
  'DELETE /api/v1/clusters/{name}': NAMES.map((params) => ({ params })),
  'GET /api/v1/clusters/{name}/power': NAMES.map((params) => ({ params })),
  'GET /api/v1/clusters/{name}/summary': NAMES.map((params) => ({ params })),
  'GET /api/v1/clusters/{name}/topology': NAMES.map((params) => ({ params })),
  'GET /api/v1/cost/current': all(),
  'GET /api/v1/cost/hourly': [...all('period=2h'), ...all('period=2h', 'namespace=own-shop')],
  'GET /api/v1/cost/workload/{id}': each(
    WORKLOADS.map((id) => ({ id })),
    'period=2h',
  ),
  'GET /api/v1/cost/{workload_id}': each(
    WORKLOADS.map((workload_id) => ({ workload_id })),
    'period=2h',
  ),
  'GET /api/v1/cost/focus': all('period=2h', 'granularity=hour'),
  'GET /api/v1/allocation': all('window=1h', 'aggregate=namespace'),
  'GET /api/v1/allocation/compute': all('window=1h', 'aggregate=namespace'),
  'GET /api/v1/export/power': [
    ...['csv', 'json', 'ndjson', 'excel', 'parquet'].map((format) => ({
      query: `${W}&format=${format}&by=pod`,
    })),
    ...all(W, 'format=csv'),
  ],
  'GET /api/v1/export/metrics': [
    ...['csv', 'json', 'ndjson', 'excel'].map((format) => ({
      query: `${W}&format=${format}&metric=cpu_cores_used&entity=pod`,
    })),
    ...all(W, 'format=csv', 'metric=cpu_cores_used', 'entity=container', 'by=namespace'),
    ...all(W, 'metric=power_watts'),
  ],
  'GET /api/v1/export/formats': once,
  'GET /api/v1/export/manifests/{id}': ID,
  'GET /api/v1/export/jobs': once,
  'GET /api/v1/export/jobs/{id}': ID,
  'DELETE /api/v1/export/jobs/{id}': ID,
  'GET /api/v1/export/jobs/{id}/file': ID,
  'GET /api/v1/export/report': all('template=daily', 'format=json'),
  'GET /api/v1/export/templates': once,
  'GET /grafana': once,
  'POST /grafana/metrics': bodies({}),
  'POST /grafana/metric-payload-options': bodies(
    ...['cluster', 'node', 'by'].map((name) => ({ metric: 'power', name, payload: {} })),
  ),
  'POST /grafana/search': bodies(...VALUES.map((target) => ({ target }))),
  'POST /grafana/query': bodies(
    ...FIGURES.flatMap((name) => PAYLOADS.map((payload) => panel(name, payload))),
    panel('power', { by: 'namespace' }),
    panel('power_breakdown', { by: 'pod' }),
    {
      ...panel('power', { by: 'pod' }),
      adhocFilters: [{ key: 'namespace', operator: '=', value: 'bravo-secret' }],
    },
  ),
  'POST /grafana/variable': bodies(
    ...VALUES.flatMap((target) => PAYLOADS.map((payload) => ({ payload: { target, ...payload } }))),
  ),
  'POST /grafana/tag-keys': bodies({}),
  'POST /grafana/tag-values': bodies(...VALUES.map((key) => ({ key }))),
  'POST /grafana/annotations': bodies(
    { range: RANGE },
    { range: RANGE, annotation: { query: 'quality' } },
  ),
  'GET /api/v1/hardware/ipmi/sensors': filtered().filter(
    ({ query = '' }) => !query.includes('namespace'),
  ),
  'GET /api/v1/hardware/ipmi/sensors/{node}': each(NODES),
  'GET /api/v1/hardware/ipmi/power': all(),
  'GET /api/v1/hardware/ipmi/summary': all(),
  'GET /api/v1/hardware/ipmi/temperature': all(),
  'GET /api/v1/hardware/ipmi/fans': all(),
  'GET /api/v1/hardware/ipmi/voltage': all(),
  'GET /api/v1/infrastructure/nodes': all(),
  'GET /api/v1/infrastructure/nodes/summary': all(),
  'GET /api/v1/infrastructure/nodes/{node}': each(NODES),
  'GET /api/v1/infrastructure/nodes/{node}/metrics': each(NODES),
  'GET /api/v1/infrastructure/nodes/{node}/power': each(NODES, W),
  'GET /api/v1/infrastructure/pods': [
    ...filtered(),
    ...filtered('sort=-power_watts'),
    ...all('limit=1'),
    ...all('pod=bravo-pod-0'),
  ],
  'GET /api/v1/infrastructure/pods/summary': filtered(),
  'GET /api/v1/infrastructure/pods/{namespace}/{pod}': each(PODS),
  'GET /api/v1/infrastructure/pods/{namespace}/{pod}/metrics': each(PODS),
  'GET /api/v1/infrastructure/pods/{namespace}/{pod}/power': each(PODS, W),
  'GET /api/v1/infrastructure/containers': filtered(),
  'GET /api/v1/infrastructure/containers/{id}': each(CONTAINERS),
  'GET /api/v1/infrastructure/containers/{id}/metrics': each(CONTAINERS),
  'GET /api/v1/infrastructure/vms': all(),
  'GET /api/v1/infrastructure/vms/summary': all(),
  'GET /api/v1/infrastructure/vms/{id}': each(VMS),
  'GET /api/v1/infrastructure/vms/{id}/metrics': each(VMS),
  'GET /api/v1/infrastructure/vms/{id}/power': each(VMS, W),
  'GET /api/v1/models': once,
  'GET /api/v1/models/{id}': ID,
  'GET /api/v1/models/{id}/metrics': ID,
  'POST /api/v1/models/{id}/activate': ID.map((asked) => ({ ...asked, body: { version: 1 } })),
  'POST /api/v1/models/{id}/rollback': ID,
  'POST /api/v1/models/retrain': bodies(...CLUSTER_BODIES),
  'GET /api/v1/models/retrain/{job_id}': JOB,
  'DELETE /api/v1/models/retrain/{job_id}': JOB,
  'GET /api/v1/monitoring/power': all(),
  'GET /api/v1/monitoring/power/accelerators': all(),
  'GET /api/v1/monitoring/power/infrastructure': all(),
  'GET /api/v1/monitoring/power/breakdown': [
    ...all('by=pod'),
    ...BY.flatMap((by) =>
      ['separate', 'proportional', 'reserved'].map((idle) => ({ query: `by=${by}&idle=${idle}` })),
    ),
  ],
  'GET /api/v1/monitoring/power/efficiency': all('period=10m'),
  'GET /api/v1/monitoring/timeseries/power': [
    ...all(W),
    ...BY.map((by) => ({ query: `${W}&by=${by}` })),
  ],
  'GET /api/v1/monitoring/timeseries/metrics': [
    ...all(W, 'metric=cpu_cores_used', 'entity=pod', 'by=pod'),
    ...all(W, 'metric=cpu_cores_used', 'entity=container', 'by=namespace', 'aggregation=count'),
    ...all(W, 'metric=cpu_cores_used', 'entity=pod', 'aggregation=sum'),
    ...all(W, 'metric=power_watts'),
  ],
  'GET /api/v1/monitoring/timeseries/temperature': all(W),
  'GET /api/v1/monitoring/unmatched-names': all(),
  'GET /api/v1/monitoring/stream/power': all(),
  'GET /api/v1/monitoring/stream/metrics': all('metric=power_watts'),
  'GET /api/v1/monitoring/events/power': [],
  'GET /api/v1/monitoring/events/metrics': [],
  'POST /api/v1/monitoring/stream/tickets': once,
  'GET /api/v1/monitoring/stream/info': once,
  'GET /api/v1/power/current': [
    ...all(),
    ...all('time_range=5m'),
    ...all('namespace=bravo-secret'),
    ...WORKLOADS.flatMap((workload) => all(`workload=${workload}`)),
  ],
  'GET /api/v1/power/containers': [...all(), ...all('namespace=bravo-secret'), ...all('limit=1')],
  'GET /api/v1/power/nodes': all(),
  'GET /api/v1/power/collector': once,
  'GET /api/v1/power/rollups': all('period=1d'),
  'POST /api/v1/power/collector/start': once,
  'POST /api/v1/power/collector/stop': once,
  'GET /prometheus/api/v1/query': INSTANT.map((query) => ({ query })),
  'POST /prometheus/api/v1/query': forms(INSTANT),
  'GET /prometheus/api/v1/query_range': INSTANT.map((query) => ({
    query: `${query}&start=NOW-300&end=NOW&step=60`,
  })),
  'POST /prometheus/api/v1/query_range': forms(
    INSTANT.map((query) => `${query}&start=NOW-300&end=NOW&step=60`),
  ),
  'GET /prometheus/api/v1/series': MATCHES.map((query) => ({ query })),
  'POST /prometheus/api/v1/series': forms(MATCHES),
  'GET /prometheus/api/v1/labels': [{}, ...MATCHES.map((query) => ({ query }))],
  'POST /prometheus/api/v1/labels': forms(MATCHES),
  'GET /prometheus/api/v1/label/{name}/values': [
    'cluster',
    'node',
    'namespace',
    'pod',
    '__name__',
    'uuid',
  ].flatMap((name) => [
    { params: { name } },
    ...MATCHES.map((query) => ({ params: { name }, query })),
  ]),
  'GET /prometheus/api/v1/metadata': once,
  'GET /prometheus/api/v1/status/buildinfo': once,
  'GET /api/v1/profile/workload-types': all(),
  'POST /api/v1/profile/classify': bodies(...WORKLOAD_BODIES),
  'POST /api/v1/profile/train': once,
  'POST /api/v1/predict/power': bodies(
    ...CLUSTER_BODIES,
    { node: 'node-bravo' },
    { workload_id: 'bravo-pod-0' },
    { workload_id: 'bravo-nothing' },
  ),
  'POST /api/v1/predict/cost': bodies(
    ...CLUSTER_BODIES.map((where) => ({ ...where, resources: RESOURCES, duration_hours: 1 })),
  ),
  'POST /api/v1/predict/batch': bodies({ items: CLUSTER_BODIES }),
  'GET /api/v1/predict/batch/{batch_id}': [{ params: { batch_id: 'x' } }],
  'DELETE /api/v1/predict/batch/{batch_id}': [{ params: { batch_id: 'x' } }],
  'GET /api/v1/scaling/policies': once,
  'POST /api/v1/scaling/policies': bodies({}),
  'GET /api/v1/scaling/policies/{id}': ID,
  'PUT /api/v1/scaling/policies/{id}': ID.map((asked) => ({ ...asked, body: {} })),
  'DELETE /api/v1/scaling/policies/{id}': ID,
  'GET /api/v1/scaling/events': once,
  'POST /api/v1/scaling/policies/{id}/simulate': ID.map((asked) => ({ ...asked, body: {} })),
  'GET /api/v1/scaling/policies/{id}/metric': ID,
  'GET /api/v1/system/whoami': once,
  'GET /api/v1/system/api-keys': once,
  'POST /api/v1/system/api-keys': bodies({}),
  'GET /api/v1/system/api-keys/{id}': ID,
  'DELETE /api/v1/system/api-keys/{id}': ID,
  'GET /api/v1/system/health': once,
  'GET /health': once,
  'GET /api/v1/system/livez': once,
  'GET /api/v1/system/readyz': once,
  'GET /api/v1/system/version': once,
  'GET /api/v1/system/capabilities': once,
  'GET /api/v1/system/metrics': once,
}
