import type { SourceSpec } from '../source.ts'
import { kubernetesNodes, kubernetesPods } from './kube-state-metrics.ts'
import { nvidiaDcgm } from './nvidia-dcgm.ts'

/** Every source we know. Of several that report the same measure of the same thing, the earlier one counts. */
export const SOURCES: readonly SourceSpec[] = [nvidiaDcgm, kubernetesNodes, kubernetesPods]
