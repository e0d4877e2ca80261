export type { ClusterStore, JsonObject, NewCluster, StoredCluster } from './clusters.ts'
export type { Claim, ExportJobState, ExportJobStore, StoredExportJob } from './export-jobs.ts'
export type { ModelInfo, ModelStore, StoredModel } from './models.ts'
export { openStore, type Store, type StoreOptions } from './open.ts'
