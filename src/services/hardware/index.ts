export { readServers, type Asked, type Inventory, type Needs } from './inventory.ts'
export { measuresOf } from './sensor-kinds.ts'
