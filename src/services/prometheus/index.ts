export type { PrometheusClient, QueryOptions, Reply, Shelf } from './client.ts'
export type { BuildInfo } from './build-info.ts'
export { withinDeadline } from './deadline.ts'
export { addedClusterSpec, clusterSpec, clusterSpecs, type ClusterSpec } from './endpoint.ts'
export { createHttpClient, type HttpClient } from './http-client.ts'
export { withBreaker, type Circuit } from './with/breaker.ts'
export { withCache } from './with/cache.ts'
export { withDeadline } from './with/deadline.ts'
export { withLimit } from './with/limit.ts'
export { withMetrics, type Observation } from './with/metrics.ts'
export { withRetry } from './with/retry.ts'
export {
  withSharedReplies,
  type SharedReplies,
  type SharedRepliesOptions,
} from './with/shared-replies.ts'
