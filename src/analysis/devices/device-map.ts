/** Something for each device. */
export interface DeviceMap<Value> {
  /** `key` tells a device from all others of its cluster: see `deviceKey`. */
  get(cluster: string, key: string): Value | undefined
  set(cluster: string, key: string, value: Value): void
  /** Cluster by cluster, each in the order in which its devices were set first. */
  values(): readonly Value[]
}

/** A map within each cluster: one over all of them would need a key put together for every row of every answer. */
export function createDeviceMap<Value>(): DeviceMap<Value> {
  const clusters = new Map<string, Map<string, Value>>()
  const within = (cluster: string): Map<string, Value> => {
    const known = clusters.get(cluster)
    if (known !== undefined) return known
    const made = new Map<string, Value>()
    clusters.set(cluster, made)
    return made
  }
  return {
    get: (cluster, key) => clusters.get(cluster)?.get(key),
    set: (cluster, key, value) => void within(cluster).set(key, value),
    values: () => [...clusters.values()].flatMap((devices) => [...devices.values()]),
  }
}
