/** Values that a reading can have, for origins that share them. In the unit of the origin. */

export const PERCENT = { least: 0, most: 100 } as const
export const RATIO = { least: 0, most: 1 } as const
/** A rate over samples that came a little late or early reaches beyond the whole. */
export const RATED_RATIO = { least: 0, most: 1.1 } as const
export const FLAG = { least: 0, most: 1 } as const
export const CODE = { least: -1, most: 1e6 } as const
/** Whole numbers that a double holds exactly. */
export const AMOUNT = { least: 0, most: 2 ** 53 } as const
export const JOULES = { least: 0, most: 2 ** 53 } as const
/** No board draws more than this, and none that is on less than two watts: what reads so is kilowatts. */
export const BOARD_WATTS = { least: 0, most: 5000, leastUnlessZero: 2 } as const
export const BOARD_MILLIWATTS = { least: 0, most: 5e6 } as const
/** No node draws more than this. */
export const NODE_WATTS = { least: 0, most: 100_000 } as const
export const CELSIUS = { least: -40, most: 150 } as const
export const MEGAHERTZ = { least: 0, most: 20_000 } as const
/** Device memory of at most 8 TiB. */
export const DEVICE_BYTES = { least: 0, most: 2 ** 43 } as const
export const DEVICE_MEBIBYTES = { least: 0, most: 2 ** 23 } as const
