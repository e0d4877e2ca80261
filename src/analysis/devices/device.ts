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

/** A share of a device: a MIG instance with its own memory and engines, or some of the cores of an NPU. */
export interface Partition {
  readonly partition_id: string
  readonly profile: string | null
  /** What it does now, and its limits and sizes. */
  readonly values: Readonly<Partial<Record<string, number>>>
  readonly owners: readonly Owner[]
}

/** One core of a device that reports each of its own. */
export interface Core {
  readonly core_id: number
  readonly values: Readonly<Partial<Record<string, number>>>
  readonly owners: readonly Owner[]
}

/** One physical device, however many rows and sources speak of it. */
export interface Device {
  readonly cluster: string
  readonly vendor: string | null
  readonly uuid: string | null
  readonly node: string | null
  readonly device_index: number | null
  /** The index in the words of those who name it: `npu3`. */
  readonly index_labels: readonly string[]
  readonly pci_bus_id: string | null
  readonly model: string | null
  readonly driver_version: string | null
  readonly firmware_version: string | null
  /** What it does now; of a divided board also what its parts add up to. */
  readonly values: Readonly<Partial<Record<string, number>>>
  /** What it can do: limits and sizes. */
  readonly facts: Readonly<Partial<Record<string, number>>>
  /** Whether nobody says what it does now. */
  readonly silent: boolean
  readonly partitions: readonly Partition[]
  readonly cores: readonly Core[]
  /** Cores that somebody names, reporting or not; null where nobody names any. */
  readonly cores_total: number | null
  readonly owners: readonly Owner[]
  readonly sources: readonly string[]
}

/** The id by which a device is asked for: its UUID, else `node:vendor:index`. */
export function deviceId({ uuid, node, vendor, device_index: index }: Device): string {
  return uuid ?? `${node ?? ''}:${vendor ?? ''}:${index ?? ''}`
}

/** `3`, `nvidia3` and `npu3` are all index 3. */
export function indexOf(text: string | undefined): number | null {
  const digits = /\d+$/.exec(text ?? '')?.[0]
  return digits === undefined ? null : Number(digits)
}
