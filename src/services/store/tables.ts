/** The rows as both engines hold them: text, numbers and null. Times are RFC 3339 in UTC. */
export interface Tables {
  readonly alert_deliveries: AlertDeliveryRow
  readonly alert_events: AlertEventRow
  readonly alert_rules: AlertRuleRow
  readonly api_keys: ApiKeyRow
  readonly audit_head: AuditHeadRow
  readonly audit_log: AuditRow
  readonly clusters: ClusterRow
  readonly export_jobs: ExportJobRow
  readonly models: ModelRow
  readonly forecast_items: ForecastItemRow
  readonly forecast_jobs: ForecastJobRow
  readonly forecast_models: ForecastModelRow
  readonly forecast_versions: ForecastVersionRow
  readonly collected_batches: CollectedBatchRow
  readonly power_rollups: RollupRow
  readonly kcloud_monitor_schema: SchemaRow
  readonly leases: LeaseRow
  readonly scaling_deliveries: ScalingDeliveryRow
  readonly scaling_events: ScalingEventRow
  readonly scaling_policies: ScalingPolicyRow
}

interface ApiKeyRow {
  readonly id: string
  /** SHA-256 of the secret. */
  readonly digest: string
  readonly hint: string
  readonly name: string
  readonly owner: string
  readonly role: string
  /** JSON; null for everything. */
  readonly scope: string | null
  readonly created_at: string
  readonly expires_at: string
  readonly revoked_at: string | null
  readonly last_used_at: string | null
}

/** The one row that says how long the audit log is, and how it ends. */
interface AuditHeadRow {
  readonly id: number
  readonly seq: number
  readonly hash: string
}

interface AuditRow {
  readonly seq: number
  readonly at: string
  readonly who: string
  readonly action: string
  readonly result: string
  /** JSON: all of the entry. */
  readonly body: string
  /** The hash of the entry before. */
  readonly prev: string
  readonly hash: string
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

interface ModelRow {
  readonly kind: string
  readonly version: number
  readonly created_at: string
  /** 1 for the one that is in use. */
  readonly is_active: number
  /** JSON: what it is worth. */
  readonly scores: string
  /** Why it is not in use; null where it is or was. */
  readonly note: string | null
  /** JSON: the model itself. */
  readonly body: string
}

interface ForecastModelRow {
  readonly id: string
  /** JSON. */
  readonly target: string
  readonly active_version: number | null
}

interface ForecastVersionRow {
  readonly model_id: string
  readonly version: number
  readonly status: string
  /** JSON. */
  readonly manifest: string
  /** Base64; null where the weights lie elsewhere. */
  readonly weights: string | null
  readonly job_id: string
  readonly created_at: string
}

interface ForecastJobRow {
  readonly id: string
  readonly kind: string
  readonly state: string
  /** JSON. */
  readonly request: string
  /** From 0 to 1, as text. */
  readonly progress: string
  /** JSON; null until there is one. */
  readonly result: string | null
  /** Who carries it out; null while nobody does. */
  readonly owner: string | null
  readonly lease_until: string | null
  readonly created_by: string
  readonly created_at: string
  readonly updated_at: string
}

interface ForecastItemRow {
  readonly job_id: string
  readonly position: number
  /** JSON. */
  readonly request: string
  /** JSON; null until there is one. */
  readonly result: string | null
}

/** A batch that is in the roll-ups, by the end of its interval. */
interface CollectedBatchRow {
  readonly cluster: string
  readonly batch: string
}

/** Energy and cost of one thing in one hour. */
interface RollupRow {
  readonly hour: string
  readonly kind: string
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly currency: string
  readonly covered_seconds: number
  readonly energy_joules: number
  readonly cost: number
}

/** One row for each migration that was carried out. The table also marks the database as ours. */
interface SchemaRow {
  readonly version: number
  readonly name: string
}

interface ExportJobRow {
  readonly id: string
  readonly owner: string
  /** JSON: what was asked for. */
  readonly question: string
  readonly state: string
  readonly created_at: string
  readonly updated_at: string
  readonly expires_at: string
  /** JSON: how far it has come. */
  readonly progress: string
  /** JSON: what has become of it; null as long as it is being made. */
  readonly outcome: string | null
  /** The server that makes it, and until when others leave it to that one. */
  readonly runner: string | null
  readonly lease_until: string | null
}

interface ScalingPolicyRow {
  readonly id: string
  readonly version: number
  /** JSON: what it is to do. */
  readonly spec: string
  /** JSON: what it has done. */
  readonly state: string
  /** Grows with each decision: two that begin from the same state cannot both be kept. */
  readonly state_version: number
  readonly created_by: string
  readonly created_at: string
  readonly updated_at: string
}

interface ScalingEventRow {
  readonly id: string
  readonly policy_id: string
  readonly at: string
  readonly action: string
  readonly rule: string
  /** JSON. */
  readonly body: string
}

/** The columns of what is to be done outside until it is done. */
export interface OutboxRow {
  /** Also tells whoever gets it that it is the same once more. */
  readonly id: string
  /** JSON: what is to be done. */
  readonly body: string
  readonly state: string
  readonly attempts: number
  readonly next_at: string
  /** What went wrong last; null for nothing. */
  readonly problem: string | null
  readonly note: string | null
  readonly owner: string | null
  readonly lease_until: string | null
  readonly created_at: string
  readonly settled_at: string | null
}

interface ScalingDeliveryRow extends OutboxRow {
  readonly policy_id: string
  readonly kind: string
}

interface AlertRuleRow {
  readonly id: string
  readonly version: number
  /** JSON: what it watches. */
  readonly spec: string
  readonly origin: string
  /** JSON: what it has seen. */
  readonly state: string
  /** Grows with each evaluation: two that begin from the same state cannot both be kept. */
  readonly state_version: number
  readonly created_by: string
  readonly created_at: string
  readonly updated_at: string
}

interface AlertEventRow {
  readonly id: string
  readonly rule_id: string
  readonly at: string
  readonly kind: string
  /** The alert, or the time without data, that it belongs to. */
  readonly alert_id: string
  readonly severity: string
  /** JSON. */
  readonly body: string
}

interface AlertDeliveryRow extends OutboxRow {
  readonly rule_id: string
  readonly receiver: string
}

interface LeaseRow {
  readonly name: string
  readonly owner: string
  readonly lease_until: string
}
