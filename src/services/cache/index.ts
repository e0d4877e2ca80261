export {
  createCache,
  type Cache,
  type CacheOptions,
  type CacheRequest,
  type CacheStats,
  type Loaded,
} from './cache.ts'
