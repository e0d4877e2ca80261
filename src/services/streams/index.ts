export { eventJson, frameOf } from './frame.ts'
export { createHub, type Connection, type Hub, type HubLimits, type Subscription } from './hub.ts'
export type { Figure, Reading, Shaping, TopicSpec } from './reading.ts'
export { systemTimers, type Timers } from './timers.ts'
