import { readFile } from 'node:fs/promises'
import {
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  loadAllYaml,
  RbacAuthorizationV1Api,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubernetesScaler } from '../../src/services/scaling/index.ts'
import { haveKubernetes, startKubernetes, type RealKubernetes } from '../support/real-kubernetes.ts'

// Against a real API server: KUBE_APISERVER names its program. See docs/how-to/test-against-real-servers.md.

const MANIFEST = 'docs/manifests/scaling-rbac.yaml'

describe.skipIf(!haveKubernetes)('a real Kubernetes API server', () => {
  let kubernetes: RealKubernetes
  let admin: KubeConfig
  let ours: KubeConfig
  let path: string
  beforeAll(async () => {
    kubernetes = await startKubernetes()
    admin = configOf(await kubernetes.kubeconfig(kubernetes.adminToken))
    const core = admin.makeApiClient(CoreV1Api)
    for (const name of ['ml', 'other', 'monitoring'])
      await core.createNamespace({ body: made({ metadata: { name } }) })
    for (const namespace of ['ml', 'other']) await makeWorkloads(admin, namespace)
    await core.createNamespacedServiceAccount({
      namespace: 'monitoring',
      body: made({ metadata: { name: 'kcloud-monitor' } }),
    })
    await applyManifest(admin, 'ml')
    const { status } = await core.createNamespacedServiceAccountToken({
      name: 'kcloud-monitor',
      namespace: 'monitoring',
      body: made({ spec: { audiences: ['https://test'], expirationSeconds: 3600 } }),
    })
    path = await kubernetes.kubeconfig(status?.token ?? '')
    ours = configOf(path)
  }, 300_000)
  afterAll(() => kubernetes.stop())

  const scale = (target: object, change: object = {}) => {
    const access = { kind: 'kubeconfig', path, context: null } as const
    const scaler = kubernetesScaler({ clusters: new Map([['seoul', access]]), timeoutSeconds: 10 })
    const body = {
      target: { cluster: 'seoul', namespace: 'ml', kind: 'Deployment', name: 'web', ...target },
      ...{ from: 12, to: 9, dry_run: false },
      ...change,
    }
    return scaler({ body } as never, new AbortController().signal)
  }
  const replicas = async (namespace = 'ml') => {
    const api = admin.makeApiClient(AppsV1Api)
    return (await api.readNamespacedDeployment({ name: 'web', namespace })).spec?.replicas
  }

  it('scales a Deployment and a StatefulSet under the shipped rights, and tries without doing', async () => {
    expect(await scale({}, { dry_run: true })).toEqual({
      outcome: 'done',
      note: 'a dry run: it would have gone from 12 to 9 replicas',
    })
    expect(await replicas()).toBe(12)
    expect(await scale({})).toEqual({ outcome: 'done', note: 'from 12 to 9 replicas' })
    expect(await replicas()).toBe(9)
    expect(await scale({})).toMatchObject({ note: 'it has 9 replicas already' })
    expect(await scale({}, { from: 9, to: 14 })).toMatchObject({ outcome: 'done' })
    expect(await replicas()).toBe(14)
    expect(await scale({ kind: 'StatefulSet', name: 'db' })).toMatchObject({ outcome: 'done' })
  })

  it('refuses another namespace, and tells of what is not there', async () => {
    expect(await scale({ namespace: 'other' })).toMatchObject({
      outcome: 'failed',
      problem: 'Kubernetes does not let this server change that scale',
    })
    expect(await replicas('other')).toBe(12)
    expect(await scale({ name: 'nobody' })).toMatchObject({ outcome: 'failed' })
  })

  it('refuses everything beyond the scale', async () => {
    const apps = ours.makeApiClient(AppsV1Api)
    const core = ours.makeApiClient(CoreV1Api)
    const namespace = 'ml'
    const web = { name: 'web', namespace }
    const refused = [
      () => apps.readNamespacedDeployment(web),
      () => apps.listNamespacedDeployment({ namespace }),
      () => apps.deleteNamespacedDeployment(web),
      () => apps.patchNamespacedDeploymentScale({ ...web, body: [] }),
      () => core.listNamespacedPod({ namespace }),
      () => core.listNamespacedSecret({ namespace }),
      () => core.deleteCollectionNamespacedPod({ namespace }),
      () => core.listNode(),
      () => core.createNamespace({ body: made({ metadata: { name: 'mine' } }) }),
    ]
    for (const ask of refused) await expect(ask()).rejects.toMatchObject({ code: 403 })
  })

  it('gives just these rights', async () => {
    const api = ours.makeApiClient(AuthorizationV1Api)
    const { status } = await api.createSelfSubjectRulesReview({
      body: made({ spec: { namespace: 'ml' } }),
    })
    const own = (status?.resourceRules ?? []).filter(
      ({ apiGroups }) => apiGroups?.includes('apps') === true,
    )
    expect(own).toEqual([
      {
        apiGroups: ['apps'],
        resources: ['deployments/scale', 'statefulsets/scale', 'replicasets/scale'],
        verbs: ['get', 'update'],
      },
    ])
  })
})

/** What the client sends is JSON; its types are classes. */
const made = (json: object): never => json as never

function configOf(path: string): KubeConfig {
  const config = new KubeConfig()
  config.loadFromFile(path)
  return config
}

async function makeWorkloads(admin: KubeConfig, namespace: string): Promise<void> {
  const api = admin.makeApiClient(AppsV1Api)
  const labels = { app: 'web' }
  const spec = {
    replicas: 12,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'main', image: 'registry.invalid/web:1' }] },
    },
  }
  await api.createNamespacedDeployment({
    namespace,
    body: made({ metadata: { name: 'web' }, spec }),
  })
  await api.createNamespacedStatefulSet({
    namespace,
    body: made({ metadata: { name: 'db' }, spec: { ...spec, serviceName: 'db' } }),
  })
}

/** What `kubectl --namespace … apply -f` makes of the manifest. */
async function applyManifest(admin: KubeConfig, namespace: string): Promise<void> {
  const api = admin.makeApiClient(RbacAuthorizationV1Api)
  for (const body of loadAllYaml(await readFile(MANIFEST, 'utf8'))) {
    if (body.kind === 'Role') await api.createNamespacedRole({ namespace, body })
    else await api.createNamespacedRoleBinding({ namespace, body })
  }
}
