export { createCache, type Cache, type Loaded } from './cache.ts'
