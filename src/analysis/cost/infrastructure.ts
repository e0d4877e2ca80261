import type { Decimal } from './decimal.ts'
import { NO_CATEGORIES, type Categories } from './price-book.ts'

/** What nodes cost an account by price books. */
export interface Infrastructure {
  readonly amounts: Categories
  /** Of that, for spot capacity. */
  readonly spot: Decimal
}

export const NO_INFRASTRUCTURE: Infrastructure = { amounts: NO_CATEGORIES, spot: 0n }

/** What both cost together. */
export function plusInfrastructure(a: Infrastructure, b: Infrastructure): Infrastructure {
  return {
    amounts: {
      compute: a.amounts.compute + b.amounts.compute,
      gpu: a.amounts.gpu + b.amounts.gpu,
      storage: a.amounts.storage + b.amounts.storage,
      network: a.amounts.network + b.amounts.network,
    },
    spot: a.spot + b.spot,
  }
}
