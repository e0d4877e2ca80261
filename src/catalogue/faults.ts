/**
 * XID codes that say the board itself is in trouble. The other codes are mostly faults of the program that ran
 * on it (13, 31, 43, 45 …), which leave the board usable, and the last code stays until the driver is reloaded.
 * Source: NVIDIA, "XID Errors", section on understanding and acting on them.
 */
const SERIOUS_XIDS: ReadonlySet<number> = new Set([
  48, 62, 64, 74, 79, 92, 95, 110, 119, 120, 136, 140, 143, 155, 156, 158,
])

/** Whether an XID code means that the device needs somebody's attention. */
export const isSeriousXid = (code: number): boolean => SERIOUS_XIDS.has(code)
