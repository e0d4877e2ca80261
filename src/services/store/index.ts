export type { ClusterStore, JsonObject, NewCluster, StoredCluster } from './clusters.ts'
export { openStore, type Store, type StoreOptions } from './open.ts'
