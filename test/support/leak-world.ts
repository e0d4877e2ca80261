/** One series: a gauge with its value, or with `per` second the growth of a counter. */
interface Line {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value?: number
  readonly per?: number
}

interface Pod {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly node: string
  readonly cores: number
  readonly watts: number
  readonly owner: string
}

const OWN: readonly Pod[] = [
  {
    namespace: 'own-shop',
    pod: 'own-web-0',
    container: 'web',
    node: 'node-1',
    cores: 2,
    watts: 21,
    owner: 'own-web',
  },
  {
    namespace: 'own-shop',
    pod: 'own-train-0',
    container: 'main',
    node: 'node-1',
    cores: 3,
    watts: 34,
    owner: 'own-train',
  },
]

/** What the viewer must learn nothing of: it differs between the worlds in everything but its use of a shared node. */
const OTHERS: Readonly<Record<'first' | 'second', readonly Line[]>> = {
  first: [
    ...podLines({
      namespace: 'bravo-secret',
      pod: 'bravo-pod-0',
      container: 'bravo-main',
      node: 'node-1',
      cores: 5,
      watts: 55,
      owner: 'bravo-owner',
    }),
    ...nodeLines('node-bravo', '10.0.0.7', 733),
    ...podLines({
      namespace: 'bravo-secret',
      pod: 'bravo-pod-1',
      container: 'bravo-main',
      node: 'node-bravo',
      cores: 7,
      watts: 77,
      owner: 'bravo-owner',
    }),
    gpu('GPU-bravo', 'node-bravo', { namespace: 'bravo-secret', pod: 'bravo-pod-1' }, 311),
    // An impossible value, a name that is no node's, and a container that failed.
    gpu('GPU-bravo-broken', 'node-bravo', {}, -17),
    gpu('GPU-bravo-lost', 'bravo-unknown-host', {}, 99),
  ],
  second: [
    ...podLines({
      namespace: 'zulu-hidden',
      pod: 'zulu-pod-0',
      container: 'zulu-main',
      node: 'node-1',
      cores: 5,
      watts: 55,
      owner: 'zulu-owner',
    }),
    ...nodeLines('node-zulu', '10.0.0.9', 1777),
    ...['zulu-pod-1', 'zulu-pod-2', 'zulu-pod-3'].flatMap((pod) =>
      podLines({
        namespace: 'zulu-other',
        pod,
        container: 'zulu-main',
        node: 'node-zulu',
        cores: 11,
        watts: 123,
        owner: 'zulu-owner',
      }),
    ),
    gpu('GPU-zulu-1', 'node-zulu', { namespace: 'zulu-other', pod: 'zulu-pod-1' }, 405),
    gpu('GPU-zulu-2', 'node-zulu', { namespace: 'zulu-other', pod: 'zulu-pod-2' }, 406),
  ],
}

/** Every word that only others use: none may be in an answer. */
export const MARKERS = /bravo|zulu|10\.0\.0\.[79]\b/i

function nodeLines(node: string, address: string, watts: number): readonly Line[] {
  return [
    { name: 'kube_node_info', labels: { node, internal_ip: address }, value: 1 },
    {
      name: 'kube_node_status_capacity',
      labels: { node, resource: 'cpu', unit: 'core' },
      value: 32,
    },
    { name: 'machine_cpu_cores', labels: { node, instance: `${address}:10250` }, value: 32 },
    {
      name: 'ipmi_dcmi_power_consumption_watts',
      labels: { node, instance: node },
      value: watts,
    },
    {
      name: 'kepler_node_cpu_watts',
      labels: { node_name: node, zone: 'package', path: 'p' },
      value: watts / 3,
    },
  ]
}

function podLines({ namespace, pod, container, node, cores, watts, owner }: Pod): readonly Line[] {
  const uid = `uid-${pod}`
  const own = { namespace, pod, uid }
  const inside = { ...own, container }
  return [
    {
      name: 'kube_pod_info',
      labels: { ...own, node, created_by_kind: 'ReplicaSet', created_by_name: owner },
      value: 1,
    },
    {
      name: 'kube_pod_owner',
      labels: { ...own, owner_kind: 'ReplicaSet', owner_name: owner },
      value: 1,
    },
    { name: 'kube_pod_status_phase', labels: { ...own, phase: 'Running' }, value: 1 },
    { name: 'kube_pod_created', labels: own, value: 1_760_000_000 },
    {
      name: 'kube_pod_container_info',
      labels: { ...inside, container_id: `containerd://${pod}abcdef0123456789`, image: 'reg/x:1' },
      value: 1,
    },
    { name: 'kube_pod_container_status_running', labels: inside, value: 1 },
    {
      name: 'kube_pod_container_resource_requests',
      labels: { ...inside, node, resource: 'cpu', unit: 'core' },
      value: cores,
    },
    {
      name: 'container_cpu_usage_seconds_total',
      labels: { namespace, pod, container, cpu: 'total', node },
      per: cores,
    },
    {
      name: 'container_memory_working_set_bytes',
      labels: { namespace, pod, container, node },
      value: cores * 2 ** 20,
    },
    {
      name: 'kepler_pod_cpu_watts',
      labels: {
        node_name: node,
        pod_id: uid,
        pod_name: pod,
        pod_namespace: namespace,
        state: 'running',
        zone: 'package',
      },
      value: watts,
    },
  ]
}

function gpu(
  uuid: string,
  node: string,
  owner: Readonly<Record<string, string>>,
  watts: number,
): Line {
  const container = owner['pod'] === undefined ? {} : { container: 'main' }
  return {
    name: 'DCGM_FI_DEV_POWER_USAGE',
    labels: {
      UUID: uuid,
      gpu: uuid.slice(-1),
      Hostname: node,
      modelName: 'NVIDIA H100',
      ...owner,
      ...container,
    },
    value: watts,
  }
}

const STEP_SECONDS = 15

/** A cluster as OpenMetrics text, from some time to another. */
export function leakWorld(
  which: 'first' | 'second',
  { start, end }: { readonly start: number; readonly end: number },
): string {
  const lines = [
    ...nodeLines('node-1', '10.0.0.1', 900),
    ...OWN.flatMap(podLines),
    gpu('GPU-own', 'node-1', { namespace: 'own-shop', pod: 'own-train-0' }, 211),
    ...OTHERS[which],
  ]
  const names = [...new Set(lines.map(({ name }) => name))]
  const texts = names.flatMap((name) => {
    const own = lines.filter((line) => line.name === name)
    const isCounter = own[0]?.per !== undefined
    const family = isCounter ? name.replace(/_total$/, '') : name
    return [`# TYPE ${family} ${isCounter ? 'counter' : 'gauge'}`, ...own.flatMap(samplesOf)]
  })
  return [...texts, '# EOF', ''].join('\n')

  function samplesOf({ name, labels, value = 0, per }: Line): readonly string[] {
    const inside = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
    const head = `${name}{${inside.join(',')}}`
    const count = Math.floor((end - start) / STEP_SECONDS)
    return Array.from({ length: count }, (_, index) => {
      const time = start + index * STEP_SECONDS
      return `${head} ${per === undefined ? value : per * (time - start)} ${time}`
    })
  }
}
