import { accessSettings } from '../src/config-access.ts'
import { alertSettings } from '../src/config-alerts.ts'
import { collectorSettings } from '../src/config-collector.ts'
import { costSettings } from '../src/config-cost.ts'
import { exportSettings } from '../src/config-exports.ts'
import { forecastSettings } from '../src/config-forecast.ts'
import { scalingSettings } from '../src/config-scaling.ts'
import { documented } from '../src/config-setting.ts'
import { settings, variableOf, type SettingName } from '../src/config-settings.ts'
import { streamSettings } from '../src/config-streams.ts'
import { workloadSettings } from '../src/config-workloads.ts'

/** Parts of the configuration: what belongs to each, and where more is said of it. */
const AREAS: readonly Area[] = [
  {
    title: 'Clusters and sources',
    names: /^(prometheus|bmc|nodeRewrites|sourcesFile|healthCheck|maxAnswer|clusterUrl)/,
    more: '[Prometheus setup](../spec/PROMETHEUS_SETUP.md), [add a cluster](how-to/add-a-cluster.md), [add a source](how-to/add-a-source.md)',
  },
  {
    title: 'Access',
    names: keysOf(accessSettings, /^(apiAuth|cors|rateLimit|trustProxy|oidc|audit)/),
    more: '[users and keys](how-to/users-and-keys.md)',
  },
  {
    title: 'The server',
    names: /^(host|port|nodeEnv|logLevel|cache|shutdown)/,
    more: '[operations](operations.md)',
  },
  {
    title: 'State',
    names: /^(state|databaseUrl)/,
    more: '[operations](operations.md#backup-and-restore)',
  },
  {
    title: 'Cost, carbon and PUE',
    names: keysOf(costSettings, /^(pue|facility)/),
    more: '[cost and carbon](how-to/cost-and-carbon.md)',
  },
  {
    title: 'Streams',
    names: keysOf(streamSettings),
    more: '[watch a stream](how-to/watch-a-stream.md), [several servers](how-to/run-several-servers.md)',
  },
  {
    title: 'Exports and reports',
    names: keysOf(exportSettings),
    more: '[export data](how-to/export-data.md)',
  },
  {
    title: 'Collector',
    names: keysOf(collectorSettings),
    more: '[collect power](how-to/collect-power.md)',
  },
  { title: 'Workload classifier', names: keysOf(workloadSettings), more: '`POST /profile/train`' },
  {
    title: 'Forecasts',
    names: keysOf(forecastSettings),
    more: '[forecast](how-to/forecast.md)',
  },
  {
    title: 'Scaling',
    names: keysOf(scalingSettings),
    more: '[scale by power](how-to/scale-by-power.md)',
  },
  {
    title: 'Alerts',
    names: keysOf(alertSettings),
    more: '[alert on figures](how-to/alert-on-figures.md)',
  },
  { title: 'Further settings', names: /^/, more: 'the text of each' },
]

interface Area {
  readonly title: string
  readonly names: RegExp
  readonly more: string
}

/** Settings whose value, or a part of it, gives access to something. */
const SECRET =
  /(Password|Secret|Token|Key|Passwords|Secrets|Tokens)$|^(prometheusClusters|databaseUrl|redisUrl|alertmanagerUrl)$/
const FILES = /^kedaTls|File$/

/** `docs/configuration.md`: every variable with its default, what it may be and what it means. */
export function configurationPage(): string {
  const left = new Set(Object.keys(settings.shape) as SettingName[])
  const sections = AREAS.flatMap((area) => {
    const names = [...left].filter((name) => area.names.test(name))
    for (const name of names) left.delete(name)
    return names.length === 0 ? [] : section(area, names)
  })
  return [...HEAD, ...sections].join('\n')
}

function section({ title, more }: Area, names: readonly SettingName[]): readonly string[] {
  return [
    `## ${title}`,
    '',
    `More: ${more}.`,
    '',
    '| variable | default | allowed | meaning |',
    '| --- | --- | --- | --- |',
    ...names.map(rowOf),
    '',
  ]
}

function rowOf(name: SettingName): string {
  const { about = '', byDefault, example = '' } = documented.get(settings.shape[name]) ?? {}
  const shown = example === '' ? '' : ` For example ${code(example)}.`
  const secret = isSecret(name) ? ' **Secret.**' : ''
  const cells = [
    `<a id="${variableOf(name).toLowerCase()}"></a>\`${variableOf(name)}\``,
    byDefault === undefined ? '—' : code(byDefault),
    cell(allowedOf(name)),
    `${cell(about)}${secret}${shown}`,
  ]
  return `| ${cells.join(' | ')} |`
}

const isSecret = (name: SettingName): boolean => SECRET.test(name) && !FILES.test(name)
/** What stands between two stars or in angles is no markup. */
const cell = (text: string): string => text.replaceAll(/[|*<]/g, String.raw`\$&`)
const code = (text: string): string => `\`${text.replaceAll('|', String.raw`\|`)}\``

/** What a variable may be, in the words in which the server refuses what it may not. */
function allowedOf(name: SettingName): string {
  const refused = settings.shape[name].safeParse(IMPOSSIBLE)
  const complaint = refused.error?.issues[0]?.message
  if (complaint !== undefined) return shorter(complaint.replace(/^must be /, ''))
  if (FILES.test(name)) return 'the name of a file'
  return name.endsWith('Path') ? 'a path' : 'text'
}

/** What the head of the page says of durations and sizes is not said again. */
const shorter = (allowed: string): string =>
  allowed.replace(/^a duration .* seconds/, 'a duration').replace(/^a size such as .*1GB/, 'a size')

const IMPOSSIBLE = '\u0001'

function keysOf(area: object, more?: RegExp): RegExp {
  const names = Object.keys(area).map((name) => `^${name}$`)
  return new RegExp([...names, ...(more ? [more.source] : [])].join('|'))
}

const HEAD = [
  '# Configuration',
  '',
  'Generated by `npm run spec` from `src/config-settings.ts`; edit that instead.',
  '',
  'Everything is set by environment variables, which are read once, at the start. A file `.env` in the directory where the',
  'server starts may hold them too; the real environment wins. A variable that is set to nothing is not set. A wrong value',
  'stops the server before it listens, with every mistake and the name of its variable; `kcloud check` looks without',
  'starting. [.env.example](../.env.example) has the same variables to copy.',
  '',
  'Required are `API_AUTH_USERNAME`, `API_AUTH_PASSWORD`, and `PROMETHEUS_URL` or `PROMETHEUS_CLUSTERS`. `npm run demo` needs',
  'none of them. Durations are `30s`, `5m`, `1h30m`, `1d` or seconds; sizes are `512kB`, `256MB`, `1GB` (powers of 1024) or bytes;',
  'flags are `true` or `false`.',
  '',
  '**Secret** marks what gives access to something, or may hold a password: keep it in a secret store, not in an image or a',
  'ConfigMap. Nothing of it is logged or shown by the API. How to change secrets: [operations](operations.md#secrets-and-their-rotation).',
  '',
]
