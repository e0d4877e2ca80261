import { z } from 'zod'
import { STREAMS, type StreamName } from './parameters.ts'

const id = z
  .string()
  .min(1)
  .max(64)
  .describe('What the client calls the subscription; `default` is that of the address.')

// The keys of an object of ours are those of its type.
const STREAM_NAMES = Object.keys(STREAMS) as [StreamName, ...StreamName[]]
const stream = z
  .enum(STREAM_NAMES)
  .optional()
  .describe('Which stream. Default: that of the address.')
const params = z
  .record(z.string(), z.unknown())
  .default({})
  .describe('The parameters of the stream, as they would stand in its address.')
const eventId = z.string().min(1).max(64).describe('The id of the last event that the client had.')

/** What a client may say on a WebSocket. */
export const COMMANDS = {
  subscribe: z.strictObject({ type: z.literal('subscribe'), id, stream, params }),
  resume: z.strictObject({
    type: z.literal('resume'),
    id,
    stream,
    params,
    last_event_id: eventId,
  }),
  unsubscribe: z.strictObject({ type: z.literal('unsubscribe'), id }),
  set_interval: z.strictObject({
    type: z.literal('set_interval'),
    id: id.default('default'),
    interval: z.int().min(1).max(60),
  }),
  ping: z.strictObject({
    type: z.literal('ping'),
    nonce: z.union([z.string().max(128), z.number()]).optional(),
  }),
}

export const commandSchema = z.discriminatedUnion('type', [
  COMMANDS.subscribe,
  COMMANDS.resume,
  COMMANDS.unsubscribe,
  COMMANDS.set_interval,
  COMMANDS.ping,
])

export type Command = z.output<typeof commandSchema>
