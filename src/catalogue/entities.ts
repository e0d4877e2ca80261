/** The labels that our rows can carry: our words for what the vendors call by many names. */
export type Label =
  | 'node'
  | 'uuid'
  | 'device_index'
  | 'pci_bus_id'
  | 'model'
  | 'driver_version'
  | 'partition_id'
  | 'partition_profile'
  | 'resource'
  | OwnerLabel

/** The labels that say who uses a thing. */
export type OwnerLabel = 'namespace' | 'pod' | 'container'

/** What can be measured, and the labels that tell one from another, the surest first. */
export const ENTITIES = {
  gpu: { title: 'GPU', identity: ['uuid', 'node', 'device_index'] },
  node: { title: 'Kubernetes node', identity: ['node'] },
  pod: { title: 'Kubernetes pod', identity: ['namespace', 'pod'] },
} as const satisfies Readonly<Record<string, EntitySpec>>

interface EntitySpec {
  readonly title: string
  readonly identity: readonly Label[]
}

export type Entity = keyof typeof ENTITIES
