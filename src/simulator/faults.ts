import type { BackendErrorKind } from '../kernel/errors.ts'
import type { Recurring } from './spans.ts'

/** The exporter families that a cluster can run. */
export type SourceName =
  | 'dcgm'
  | 'kube_state_metrics'
  | 'ipmi'
  | 'furiosa'
  | 'rebellions'
  | 'kepler'
  | 'kubelet'
  | 'node_exporter'
  | 'libvirt'
  | 'openstack'
  | 'vllm'

/** Where a fault strikes. What is left out means all: all nodes, all devices of the node. */
export interface Place {
  readonly cluster: string
  readonly node?: string
  /** The index of a device on its node. */
  readonly device?: number
}

/** An exporter, on one node or on all. */
export interface ExporterPlace extends Place {
  readonly source: SourceName
}

/** The series of one metric, as the exporter names it. */
export interface MetricPlace extends Place {
  readonly metric: string
}

/** What goes wrong. */
export type FaultKind =
  /** The scrape fails: no samples, and the series end at once. */
  | { readonly kind: 'exporter_down'; readonly target: ExporterPlace }
  /** The exporter repeats the values it had, as if they were new. */
  | { readonly kind: 'exporter_frozen'; readonly target: ExporterPlace }
  /** No new samples arrive, and nothing says that the series have ended. */
  | { readonly kind: 'exporter_stale'; readonly target: ExporterPlace }
  /** A BMC that does not answer: its exporter does, with `ipmi_up` 0 and nothing else. */
  | { readonly kind: 'bmc_silent'; readonly target: Place }
  /** The card falls off the bus: XID 79, then nothing; it draws idle power and counts from 0 when it is back. */
  | { readonly kind: 'device_lost'; readonly target: Place }
  /** The node draws nothing; its exporters are gone and Kubernetes calls it not ready. */
  | { readonly kind: 'node_down'; readonly target: Place }
  /** The driver is loaded again at the beginning of the fault: energy counts from 0. */
  | { readonly kind: 'counter_reset'; readonly target: Place }
  /** The value by which DCGM says that it has none. */
  | { readonly kind: 'sentinel'; readonly target: MetricPlace }
  | { readonly kind: 'nan'; readonly target: MetricPlace }
  /** The exporter is off by a factor. */
  | { readonly kind: 'unit_slip'; readonly target: MetricPlace; readonly factor: number }
  /** The cluster's Prometheus does not answer, by the clock of the one who asks. */
  | {
      readonly kind: 'cluster_silent'
      readonly target: Pick<Place, 'cluster'>
      readonly as: BackendErrorKind
    }
  /** Its Prometheus answers and says that something is missing, by the clock of the one who asks. */
  | {
      readonly kind: 'backend_warning'
      readonly target: Pick<Place, 'cluster'>
      readonly text: string
    }

/** What goes wrong, where and when: pure data, so that tests can write a script. */
export type Fault = FaultKind & Recurring

/** A fault of one kind. */
export type FaultOf<K extends FaultKind['kind']> = Extract<Fault, { readonly kind: K }>

/** The faults of one kind. */
export function faultsOf<K extends FaultKind['kind']>(
  faults: readonly Fault[],
  kind: K,
): readonly FaultOf<K>[] {
  return faults.filter((fault): fault is FaultOf<K> => fault.kind === kind)
}

/** Whether a fault that strikes at `place` strikes this one. */
export function strikes(place: Place, { cluster, node, device }: Place): boolean {
  if (place.cluster !== cluster) return false
  if (place.node !== undefined && place.node !== node) return false
  return place.device === undefined || place.device === device
}

const DAY = 86_400
const FOREVER = Number.MAX_SAFE_INTEGER

/** What goes wrong in the demo: one sensor that says nothing, and one card that is lost from 14:00 to 15:00 in Seoul. */
export const DEMO_FAULTS: readonly Fault[] = [
  {
    kind: 'sentinel',
    target: {
      cluster: 'seoul',
      node: 'gpu-worker-3',
      device: 5,
      metric: 'DCGM_FI_DEV_MEMORY_TEMP',
    },
    from: 0,
    until: FOREVER,
  },
  {
    kind: 'device_lost',
    target: { cluster: 'busan', node: 'gpu-worker-2', device: 6 },
    from: 5 * 3600,
    until: 6 * 3600,
    everySeconds: DAY,
  },
]
