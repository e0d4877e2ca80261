import { ACCOUNT_FAMILIES } from './account-families.ts'
import type { Family } from './family.ts'
import { MEASURE_FAMILIES } from './measure-families.ts'
import { OTHER_FAMILIES } from './other-families.ts'

/** Every canonical metric. */
export const FAMILIES: readonly Family[] = [
  ...ACCOUNT_FAMILIES,
  ...OTHER_FAMILIES,
  ...MEASURE_FAMILIES,
]
