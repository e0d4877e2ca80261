export { createCache, type Cache, type Loaded } from './cache.ts'
export { createFlights, type Flights } from './flights.ts'
