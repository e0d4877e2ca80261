export { connectRedis, isSilence, type RedisConnection } from './connection.ts'
