export type { ClusterStore, JsonObject, NewCluster, StoredCluster } from './clusters.ts'
export type { ModelInfo, ModelStore, StoredModel } from './models.ts'
export { openStore, type Store, type StoreOptions } from './open.ts'
export type { Rollup, RollupStore } from './rollups.ts'
