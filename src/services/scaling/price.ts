/** What electricity costs. */
export interface PricePort {
  readonly currency: string
  /** For a kWh in a cluster at a time; null where it is not known. */
  at(cluster: string, time: Date): number | null
}
