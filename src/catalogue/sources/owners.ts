import type { NonEmpty } from '../../kernel/kind.ts'
import type { OwnerLabel } from '../entities.ts'

type Names = Readonly<Record<OwnerLabel, string>>

/**
 * The names that most exporters write an owner with, and what Prometheus makes of them where the exporter's own
 * pod does not yield (`honor_labels: false`).
 */
export const POD_OWNERS: NonEmpty<Names> = [
  { namespace: 'exported_namespace', pod: 'exported_pod', container: 'exported_container' },
  { namespace: 'namespace', pod: 'pod', container: 'container' },
]

/** The same for exporters that say `pod_name`, `pod_namespace` and `container_name`. */
export const POD_NAME_OWNERS: NonEmpty<Names> = [
  { namespace: 'pod_namespace', pod: 'pod_name', container: 'container_name' },
  ...POD_OWNERS,
]
