/** What a device is doing: `unknown` when it reports nothing that tells. */
export type DeviceStatus = 'active' | 'idle' | 'error' | 'unknown'

/** Below this share of its time a device is idle: monitoring alone wakes it for a moment. */
const IDLE_PERCENT = 1

/** The status of a device from its utilisation in percent and whether its driver reported a serious fault. */
export function deviceStatus(utilization: number | null, faulty: boolean): DeviceStatus {
  if (faulty) return 'error'
  if (utilization === null) return 'unknown'
  return utilization < IDLE_PERCENT ? 'idle' : 'active'
}
