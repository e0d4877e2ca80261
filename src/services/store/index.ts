export type {
  AlertDelivery,
  AlertDeliveryFilter,
  AlertDeliveryStore,
  NewAlertDelivery,
} from './alert-deliveries.ts'
export type { AlertEventFilter, AlertEventStore, StoredAlertEvent } from './alert-events.ts'
export type { AlertRuleStore, StoredAlertRule } from './alert-rules.ts'
export type { Outbox, OutboxItem } from './outbox.ts'
export type { ApiKeyStore, StoredKey } from './api-keys.ts'
export type { AuditStore, StoredAuditEntry } from './audit.ts'
export type { ClusterStore, JsonObject, NewCluster, StoredCluster } from './clusters.ts'
export type { Claim, ExportJobState, ExportJobStore, StoredExportJob } from './export-jobs.ts'
export type { ModelInfo, ModelStore, StoredModel } from './models.ts'
export { openStore, type Store, type StoreOptions } from './open.ts'
export type { ForecastModelStore, StoredForecastModel, StoredVersion } from './forecast-models.ts'
export type { JobKind, JobStore, Lease, StoredItem, StoredJob } from './jobs.ts'
export type { LeaseStore } from './leases.ts'
export type { PolicyStore, StoredPolicy } from './scaling-policies.ts'
export type { EventFilter, ScalingEventStore, StoredScalingEvent } from './scaling-events.ts'
export type { Delivery, DeliveryKind, DeliveryStore } from './scaling-deliveries.ts'
export type { RollupStore } from './rollups.ts'
