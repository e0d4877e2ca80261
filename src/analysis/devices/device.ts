/** What a source says about one device or one part of it: our labels, and values in our units. */
export interface DeviceRow {
  readonly cluster: string
  readonly source: string
  readonly vendor: string | null
  readonly labels: Readonly<Partial<Record<string, string>>>
  readonly values: Readonly<Partial<Record<string, number>>>
}

export interface Owner {
  readonly namespace: string | null
  readonly pod: string
  readonly container: string | null
}

/** A share of a device with its own memory and engines, such as a MIG instance. */
export interface Partition {
  readonly partition_id: string
  readonly profile: string | null
  /** What it does now, and its limits and sizes. */
  readonly values: Readonly<Partial<Record<string, number>>>
  readonly owners: readonly Owner[]
}

/** One physical device, however many rows and sources speak of it. */
export interface Device {
  /** Within its cluster: see `deviceKey`. */
  readonly key: string
  readonly cluster: string
  readonly vendor: string | null
  readonly uuid: string | null
  readonly node: string | null
  readonly device_index: number | null
  readonly pci_bus_id: string | null
  readonly model: string | null
  readonly driver_version: string | null
  /** What it does now; of a divided board also what its parts add up to. */
  readonly values: Readonly<Partial<Record<string, number>>>
  /** What it can do: limits and sizes. */
  readonly facts: Readonly<Partial<Record<string, number>>>
  /** Whether nobody says what it does now. */
  readonly silent: boolean
  readonly partitions: readonly Partition[]
  readonly owners: readonly Owner[]
  readonly sources: readonly string[]
}

/** What tells a device from all others of its cluster: its UUID, else its node and index. */
export function deviceKey({ uuid, node, device_index: index }: DeviceRow['labels']): string {
  // A place has a separator, which cannot be typed into a UUID by accident.
  return uuid ?? `${node ?? ''}\u0000${index ?? ''}`
}

/** The id by which a device is asked for: its UUID, else `node:vendor:index`. */
export function deviceId({ uuid, node, vendor, device_index: index }: Device): string {
  return uuid ?? `${node ?? ''}:${vendor ?? ''}:${index ?? ''}`
}
