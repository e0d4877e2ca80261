// The import table of the house: a folder may import the folders beside it and nothing else of ours.
const mayImport = {
  kernel: [],
  promql: ['kernel'],
  catalogue: ['kernel'],
  analysis: ['kernel'],
  simulator: ['kernel', 'promql', 'catalogue', 'services/prometheus'],
  'services/prometheus': ['kernel', 'promql'],
  'services/cache': ['kernel'],
  'services/store': ['kernel'],
  'services/clusters': ['kernel', 'services/prometheus', 'services/store'],
  'services/telemetry': [
    'kernel',
    'promql',
    'catalogue',
    'services/prometheus',
    'services/cache',
    'services/clusters',
  ],
  'services/devices': ['kernel', 'catalogue', 'analysis', 'services/telemetry'],
  'services/hardware': ['kernel', 'catalogue', 'analysis', 'services/telemetry'],
  'services/fleet': ['kernel', 'catalogue', 'analysis', 'services/telemetry'],
  'services/costs': ['kernel', 'analysis', 'services/fleet', 'services/telemetry'],
  'services/series': ['kernel', 'catalogue', 'analysis', 'services/telemetry', 'services/fleet'],
  'services/formats': ['kernel'],
  'services/patterns': [],
  'services/events': [],
  'services/jobs': ['kernel', 'services/store'],
  'services/workloads': ['kernel', 'catalogue', 'analysis', 'services/telemetry', 'services/fleet'],
  'services/streams': ['kernel'],
  'services/redis': ['kernel'],
  'services/forecast': ['kernel', 'analysis', 'services/fleet', 'services/store'],
  'services/classifier': [
    'kernel',
    'analysis',
    'services/telemetry',
    'services/fleet',
    'services/workloads',
    'services/store',
  ],
  'services/cost-forecast': ['kernel', 'analysis', 'services/costs', 'services/workloads'],
  'services/scaling': [
    'kernel',
    'analysis',
    'services/fleet',
    'services/forecast',
    'services/store',
  ],
  'services/reports': [
    'kernel',
    'catalogue',
    'analysis',
    'services/telemetry',
    'services/fleet',
    'services/costs',
  ],
  'services/collector': [
    'kernel',
    'analysis',
    'services/costs',
    'services/fleet',
    'services/workloads',
    'services/store',
  ],
  http: ['kernel'],
  domains: ['kernel', 'catalogue', 'analysis', 'services/[^/]+', 'http'],
}
const root =
  '^src/(main|compose|compose-[a-z]+|server|config|config-[a-z]+|connect|capabilities|demo|journal|serve|version)\\.ts$'
const pure = '^src/(kernel|promql|catalogue|analysis|simulator)/'

const layers = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `${folder.replace('/', '-')}-imports`,
  comment: `src/${folder} may import ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}/`) },
}))

export default {
  forbidden: [
    ...layers,
    {
      name: 'no-cycles',
      comment: 'Two files that need one another are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domains-are-strangers',
      comment: 'What two domains share goes down a layer; what combines them is wired in index.ts.',
      severity: 'error',
      from: { path: '^src/domains/([^/]+)/' },
      to: { path: '^src/domains/[^/]+/', pathNot: '^src/domains/$1/' },
    },
    {
      name: 'nothing-imports-the-command-line',
      comment:
        'The command line stands beside the server: it may use all of it, and nothing uses it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'sources-behind-telemetry',
      comment:
        "Only telemetry and the root see the vendors' metric names; the simulator speaks them.",
      severity: 'error',
      from: { path: '^src/', pathNot: [root, '^src/services/telemetry/', '^src/catalogue/'] },
      to: { path: '^src/catalogue/sources/' },
    },
    {
      name: 'fastify-at-the-edge',
      comment: 'Only http, domains and the root know Fastify.',
      severity: 'error',
      from: { path: '^src/', pathNot: [root, '^src/http/', '^src/domains/'] },
      to: { path: 'node_modules/(@fastify|fastify)' },
    },
    {
      name: 'pure-folders-use-no-package',
      comment: 'kernel, promql, catalogue, analysis and simulator are arithmetic and data.',
      severity: 'error',
      from: { path: pure },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'core'] },
    },
    {
      name: 'services-by-their-door',
      comment: 'A domain enters a service by its index.ts.',
      severity: 'error',
      from: { path: '^src/domains/' },
      to: { path: '^src/services/[^/]+/', pathNot: '^src/services/[^/]+/index\\.ts$' },
    },
    {
      name: 'no-folder-outside-the-table',
      comment: 'A new folder is a decision: add it to the table above first.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [root, '^src/cli/', ...Object.keys(mayImport).map((name) => `^src/${name}/`)],
      },
      to: {},
    },
    {
      name: 'nothing-imports-the-root',
      comment: 'Dependencies are arguments; compose.ts hands them down.',
      severity: 'error',
      from: { path: '^src/', pathNot: [root, '^src/cli/'] },
      to: { path: root },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
}
