import { describe, expect, it } from 'vitest'
import { nvidiaDcgm } from '../../src/catalogue/sources/nvidia-dcgm.ts'
import { SOURCES as CATALOGUE } from '../../src/catalogue/sources/index.ts'
import { exposition as simulated } from '../../src/simulator/exposition.ts'
import type { SourceName } from '../../src/simulator/faults.ts'
import { SOURCES } from '../../src/simulator/sources/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { exposition as sample, haveFixtures } from '../support/fixtures.ts'
import { readExposition } from './exposition-text.ts'

const NOON = Date.UTC(2026, 10, 20, 3) / 1000
const world = createWorld({ seed: 1 })

/** A real sample, and the exporter of the simulator that should look like it. */
interface Likeness {
  readonly sample: string
  readonly source: SourceName
  readonly cluster: string
  readonly node?: string
  /** Metrics of the real exporter that the simulator leaves out. */
  readonly omitted?: readonly string[]
  /** Metrics of the real exporter of which the sample, an excerpt, has none. */
  readonly unsampled?: readonly string[]
}

const LIKENESSES: readonly Likeness[] = [
  {
    sample: 'dcgm-exporter-4.5.3-4.8.2-k8s.prom',
    source: 'dcgm',
    cluster: 'daejeon',
    node: 'gpu-worker-1',
  },
  {
    sample: 'kube-state-metrics-2.x-cluster.prom',
    source: 'kube_state_metrics',
    cluster: 'seoul',
    unsampled: [
      'kube_node_role',
      'kube_node_created',
      'kube_node_spec_unschedulable',
      'kube_node_status_addresses',
      'kube_pod_container_info',
      'kube_pod_container_sta',
      'kube_pod_created',
      'kube_pod_start_time',
      'kube_pod_status_reason',
    ],
  },
  {
    sample: 'ipmi-exporter-1.10.0-live.prom',
    source: 'ipmi',
    cluster: 'seoul',
    node: 'gpu-worker-1',
  },
  {
    sample: 'furiosa-2025.2-readme.prom',
    source: 'furiosa',
    cluster: 'seoul',
    node: 'npu-worker-2',
  },
  {
    sample: 'rbln-metrics-exporter-0.2.2.prom',
    source: 'rebellions',
    cluster: 'seoul',
    node: 'npu-worker-3',
  },
  {
    sample: 'kepler-0.11.4-pods-nogpu.prom',
    source: 'kepler',
    cluster: 'seoul',
    node: 'gpu-worker-1',
    // By container, process and VM; and what describes Kepler itself.
    omitted: [
      'kepler_build_info',
      'kepler_container_',
      'kepler_process_',
      'kepler_vm_',
      'kepler_node_cpu_info',
    ],
  },
  {
    sample: 'libvirt-exporter-0.2.0-live-nova.prom',
    source: 'libvirt',
    cluster: 'busan',
    node: 'hypervisor-1',
    // Counts of packets and requests, and what describes libvirt itself.
    omitted: [
      '_requests_total',
      '_packets_',
      '_drops_',
      '_errors_',
      'libvirt_up',
      'domains_number',
    ],
  },
]

const headsOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith('# '))

/** An exposition without the metrics whose names begin so. */
const withoutMetrics = (text: string, starts: readonly string[]): string =>
  text
    .split('\n')
    .filter((line) => !starts.some((start) => line.replace(/^# \w+ /, '').startsWith(start)))
    .join('\n')

/** Every combination of label names that a metric has. */
function labelSets(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const sets = new Map<string, Set<string>>()
  for (const { metric, labels } of readExposition(text)) {
    const known = sets.get(metric) ?? new Set()
    // Labels of pods and nodes are the user's own.
    const names = Object.keys(labels).filter((name) => !name.startsWith('label_'))
    sets.set(metric, known.add(names.join(',')))
  }
  return sets
}

const withoutOwner = (names: string): string =>
  names
    .split(',')
    .filter((name) => !['container', 'namespace', 'pod'].includes(name))
    .join(',')

describe.skipIf(!haveFixtures)('the simulator', () => {
  for (const like of LIKENESSES) {
    const { source, cluster, node, omitted = [], unsampled = [] } = like
    const all = simulated(world, { cluster, source, ...(node !== undefined && { node }) }, NOON)
    const ours = withoutMetrics(all, unsampled)
    const isOmitted = (text: string) => omitted.some((start) => text.includes(start))

    it(`announces the metrics of the real exporter: ${like.sample}`, () => {
      const real = headsOf(sample(like.sample)).filter((head) => !isOmitted(head))
      if (real.length > 0) expect([...headsOf(ours)].sort()).toEqual([...real].sort())
      const names = [...labelSets(sample(like.sample)).keys()].filter((name) => !isOmitted(name))
      expect([...labelSets(ours).keys()].sort()).toEqual(names.sort())
    })

    it(`prints the labels of the real exporter, in its order: ${like.sample}`, () => {
      const real = labelSets(sample(like.sample))
      for (const [metric, sets] of labelSets(ours)) {
        // Each of ours is one that the real exporter has, or would have for a device that nobody holds.
        const known = [...(real.get(metric) ?? [])].flatMap((names) => [names, withoutOwner(names)])
        for (const names of sets) expect(known, metric).toContain(names)
      }
    })
  }
})

describe('the catalogue', () => {
  const names = (source: SourceName) => new Set(SOURCES[source].metrics.map(({ name }) => name))

  it('finds each measure of an NVIDIA card under one of its names', () => {
    for (const [measure, { metrics }] of Object.entries(nvidiaDcgm.measures))
      expect(
        [...metrics].some((name) => names('dcgm').has(name)),
        measure,
      ).toBe(true)
  })

  it('reads every metric of nodes and pods', () => {
    const read = new Set<string>(
      CATALOGUE.flatMap(({ measures }) =>
        Object.values(measures).flatMap((origin) => origin.metrics as readonly string[]),
      ),
    )
    for (const name of names('kube_state_metrics')) expect(read, name).toContain(name)
  })
})
