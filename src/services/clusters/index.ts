export type { ClusterSpec } from '../prometheus/index.ts'
export { createAdmission, type Admission } from './admission.ts'
export { isAllowed, readAllowedHost, type AllowedHost } from './allowed-hosts.ts'
export { ask, type Failures, type Told } from './ask.ts'
export type { Cluster, ClusterHealth, ClusterRegistry } from './cluster.ts'
export {
  createRegistry,
  type ClusterChange,
  type Connection,
  type RegistryOptions,
} from './registry.ts'
export { createScopes, withScopes, type Scopes } from './scopes.ts'
export { withStore, type StoredRegistry } from './with-store.ts'
