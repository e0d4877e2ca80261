export type { ClusterStore, JsonObject, NewCluster, StoredCluster } from './clusters.ts'
export { openStore, type Store, type StoreOptions } from './open.ts'
export type { JobKind, JobStore, Lease, StoredItem, StoredJob } from './jobs.ts'
export type { ModelStore, StoredModel, StoredVersion } from './models.ts'
