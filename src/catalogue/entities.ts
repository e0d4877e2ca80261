/** The labels that our rows can carry: our words for what the vendors call by many names. */
export const LABELS = [
  'node',
  'uuid',
  'device_index',
  'pci_bus_id',
  'model',
  'driver_version',
  'partition_id',
  'partition_profile',
  'namespace',
  'pod',
  'container',
  'resource',
] as const
export type Label = (typeof LABELS)[number]

/** What can be measured, and what tells one from another. */
export const ENTITIES = {
  gpu: {
    identity: ['uuid', 'node', 'device_index'],
    facts: ['pci_bus_id', 'model', 'driver_version'],
    part: ['partition_id', 'partition_profile'],
    owner: ['namespace', 'pod', 'container'],
  },
  node: { identity: ['node'], facts: [], part: ['resource'], owner: [] },
  pod: { identity: ['namespace', 'pod'], facts: ['node'], part: ['container', 'resource'], owner: [] },
} as const satisfies Readonly<Record<string, EntitySpec>>

interface EntitySpec {
  /** What tells one from another; the first that a row carries, or all of the rest, is enough. */
  readonly identity: readonly Label[]
  /** What is true of it for long. */
  readonly facts: readonly Label[]
  /** What tells its parts from one another. */
  readonly part: readonly Label[]
  /** Who it is allocated to. */
  readonly owner: readonly Label[]
}

export type Entity = keyof typeof ENTITIES
