/** The rows as both engines hold them: text, whole numbers and null. Times are RFC 3339 in UTC. */
export interface Tables {
  readonly clusters: ClusterRow
  readonly kcloud_monitor_schema: SchemaRow
}

interface ClusterRow {
  readonly name: string
  /** JSON, with no secret in it. */
  readonly spec: string
  /** Sealed JSON; null where there is no secret. */
  readonly secrets: string | null
  readonly added_by: string
  readonly added_at: string
}

/** One row for each migration that was carried out. The table also marks the database as ours. */
interface SchemaRow {
  readonly version: number
  readonly name: string
}
