import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadAllYaml } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chartRenderer, haveGo, type ChartRenderer } from '../support/helm-chart.ts'
import { haveKubernetes, startKubernetes, type RealKubernetes } from '../support/real-kubernetes.ts'

// Against a real API server: KUBE_APISERVER names its program. See docs/how-to/test-against-real-servers.md.

const KUBERNETES = 'docs/manifests/kubernetes'
const CHART = 'docs/manifests/helm/kcloud-monitor'
const have = haveKubernetes && haveGo && spawnSync('kubectl', ['version', '--client']).status === 0
const run = promisify(execFile)

const SECRETS = {
  API_AUTH_PASSWORD: 'a long: "pass" phrase',
  DATABASE_URL: 'postgres://monitor:secret@postgres:5432/monitor',
  REDIS_URL: 'redis://redis:6379',
}
const EVERYTHING = {
  secret: { values: SECRETS },
  autoscaling: { enabled: true },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  ingress: {
    ...{ enabled: true, host: 'kcloud.example.org', className: 'nginx', tlsSecret: 'kcloud' },
    annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600' },
  },
  scaling: { namespaces: ['ml', 'serving'] },
  files: { 'tariff.json': '{\n  "currency": "KRW"\n}\n' },
  settings: { RATE_LIMIT_PER_MINUTE: 600, TRUST_PROXY: true, LOG_LEVEL: 'debug' },
  tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'monitoring', effect: 'NoSchedule' }],
  imagePullSecrets: [{ name: 'registry' }],
}

/** The API servers that can be built for tests end at once when anybody brings a kind of an operator. */
const isOfOperator = (manifest: string) => /^kind: ServiceMonitor$/m.test(manifest)

interface Manifest {
  readonly kind: string
  readonly metadata: {
    readonly namespace: string
    readonly labels: Readonly<Record<string, string>>
  }
  readonly spec: any
}

/** What Prometheus would scrape: the ports of the services that a ServiceMonitor selects. */
function scraped(manifests: string): readonly string[] {
  const all = loadAllYaml(manifests) as readonly Manifest[]
  const [monitor] = all.filter(({ kind }) => kind === 'ServiceMonitor')
  if (monitor === undefined) return []
  const { selector, endpoints } = monitor.spec
  const selected = all.filter(
    ({ kind, metadata }) =>
      kind === 'Service' &&
      metadata.namespace === monitor.metadata.namespace &&
      Object.entries(selector.matchLabels).every(
        ([name, value]) => metadata.labels[name] === value,
      ),
  )
  return selected.flatMap(({ spec }) =>
    spec.ports
      .filter(({ name }: { readonly name: string }) => name === endpoints[0].port)
      .map(({ port }: { readonly port: number }) => `${port}${endpoints[0].path}`),
  )
}

describe.skipIf(!have)('a real Kubernetes API server', () => {
  let kubernetes: RealKubernetes
  let charts: ChartRenderer
  let dir: string
  let kubeconfig: string
  const kubectl = (...args: readonly string[]) =>
    run('kubectl', [...args, '--kubeconfig', kubeconfig]).then(({ stdout }) => stdout)
  /** What the server says to manifests that it is only asked about. */
  const tried = async (manifests: string) => {
    const path = join(dir, 'manifests.yaml')
    const own = known(manifests)
      .split(/^---\n/m)
      .filter((each) => !isOfOperator(each))
    await writeFile(path, own.join('---\n'))
    const said = await kubectl('apply', '--dry-run=server', '-f', path)
    return said.trim().split('\n').toSorted()
  }
  /**
   * The API servers that can be built for tests are older than the two kinds we use: they know them by the names that
   * these had before, with the same fields.
   */
  let isOld = false
  const known = (manifests: string) =>
    isOld
      ? manifests
          .replaceAll('autoscaling/v2\n', 'autoscaling/v2beta2\n')
          .replaceAll('policy/v1\n', 'policy/v1beta1\n')
      : manifests

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'manifests-'))
    kubernetes = await startKubernetes()
    kubeconfig = await kubernetes.kubeconfig(kubernetes.adminToken)
    isOld = !(await kubectl('api-versions')).split('\n').includes('autoscaling/v2')
    for (const name of ['monitoring', 'ml', 'serving']) await kubectl('create', 'namespace', name)
    charts = await chartRenderer()
  }, 180_000)
  afterAll(async () => {
    await kubernetes.stop()
    await charts.remove()
    await rm(dir, { recursive: true, force: true })
  })

  const built = async (variant: string, component?: string) => {
    await cp(KUBERNETES, join(dir, 'kubernetes'), { recursive: true })
    const at = join(dir, 'kubernetes', variant)
    const lines = Object.entries(SECRETS).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(join(at, 'secret.env'), lines.join(''))
    if (component !== undefined) {
      const own = join(dir, 'kubernetes', 'own')
      await rm(own, { recursive: true, force: true })
      await cp(at, own, { recursive: true })
      const kustomization = {
        ...{ namespace: 'monitoring', resources: [`../${variant}`], components: [component] },
      }
      await writeFile(join(own, 'kustomization.yaml'), JSON.stringify(kustomization))
      return kubectl('kustomize', own)
    }
    return kubectl('kustomize', at)
  }

  it('takes one server with a volume', async () => {
    expect(await tried(await built('standalone'))).toEqual([
      expect.stringMatching(/^configmap\/kcloud-monitor-\w+ created/),
      'deployment.apps/kcloud-monitor created (server dry run)',
      'networkpolicy.networking.k8s.io/kcloud-monitor created (server dry run)',
      'persistentvolumeclaim/kcloud-monitor created (server dry run)',
      expect.stringMatching(/^secret\/kcloud-monitor-\w+ created/),
      'service/kcloud-monitor created (server dry run)',
      'serviceaccount/kcloud-monitor created (server dry run)',
    ])
  })

  it('takes many servers, which grow and are never all gone, and their scraping', async () => {
    const manifests = await built('replicated', '../service-monitor')
    expect(scraped(manifests)).toEqual(['8001/api/v1/system/metrics'])
    const said = (await tried(manifests)).join('\n')
    for (const kind of [
      'horizontalpodautoscaler.autoscaling/kcloud-monitor',
      'poddisruptionbudget.policy/kcloud-monitor',
      'persistentvolumeclaim/kcloud-monitor-exports',
      'deployment.apps/kcloud-monitor',
    ])
      expect(said).toContain(`${kind} created (server dry run)`)
  })

  it('takes the chart as it is with a password, and with everything in it', async () => {
    const least = { secret: { existing: 'kcloud-monitor' } }
    const small = await tried(await charts.render(CHART, least))
    expect(small.map((line) => line.split('/')[0])).toEqual([
      'configmap',
      'deployment.apps',
      'networkpolicy.networking.k8s.io',
      'persistentvolumeclaim',
      'service',
      'serviceaccount',
    ])
    const manifests = await charts.render(CHART, EVERYTHING)
    expect(scraped(manifests)).toEqual(['8001/api/v1/system/metrics'])
    const large = (await tried(manifests)).join('\n')
    for (const kind of [
      'horizontalpodautoscaler.autoscaling/kcm-kcloud-monitor',
      'poddisruptionbudget.policy/kcm-kcloud-monitor',
      'ingress.networking.k8s.io/kcm-kcloud-monitor',
      'role.rbac.authorization.k8s.io/kcm-kcloud-monitor-scaling',
      'secret/kcm-kcloud-monitor',
    ])
      expect(large).toContain(`${kind} created (server dry run)`)
    expect(large.match(/^rolebinding/gm)).toHaveLength(2)
  })

  it('gets settings from the chart that are texts, whatever they were', async () => {
    const path = join(dir, 'large.yaml')
    const { serviceMonitor: _ours, ...values } = EVERYTHING
    await writeFile(path, known(await charts.render(CHART, values)))
    await kubectl('apply', '-f', path)
    const read = async (name: string, part: string) =>
      JSON.parse(await kubectl('-n', 'monitoring', 'get', name, '-o', `jsonpath={${part}}`))
    const settings = await read('configmap/kcm-kcloud-monitor', '.data')
    expect(settings).toMatchObject({
      RATE_LIMIT_PER_MINUTE: '600',
      TRUST_PROXY: 'true',
      EXPORT_SPOOL_PATH: '/exports',
    })
    const secret = (await read('secret/kcm-kcloud-monitor', '.data')) as Record<string, string>
    const clear = Object.entries(secret).map(([name, value]) => [
      name,
      Buffer.from(value, 'base64').toString(),
    ])
    expect(Object.fromEntries(clear)).toEqual(SECRETS)
    const files = await read('configmap/kcm-kcloud-monitor-files', '.data')
    expect(files).toEqual(EVERYTHING.files)
  })

  it.each([
    ['without a password', {}, 'secret.existing must name a secret with API_AUTH_PASSWORD'],
    [
      'many servers without what they share',
      { replicas: 3, secret: { values: { API_AUTH_PASSWORD: 'long enough' } } },
      'several servers need DATABASE_URL',
    ],
    [
      'an entrance without a name',
      { secret: { existing: 'a' }, ingress: { enabled: true } },
      'ingress.enabled needs ingress.host',
    ],
  ])('is never asked by a chart %s', async (_what, values, why) => {
    await expect(charts.render(CHART, values)).rejects.toThrow(why)
  })
})
