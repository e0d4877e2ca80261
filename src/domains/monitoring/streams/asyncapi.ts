import { z } from 'zod'
import { CLOSING_CODES } from '../../../http/live-connections.ts'
import { COMMANDS } from './commands.ts'
import { EVENT_MEANINGS, EVENTS } from './events.ts'
import { STREAMS, type StreamName } from './parameters.ts'

type Json = Record<string, unknown>

/** The AsyncAPI 3 document of all streams, from the schemas that they are checked with. */
export function asyncApi(version: string): Json {
  const schemas: Json = {}
  const messages = {
    ...messagesOf(EVENTS, schemas, EVENT_MEANINGS),
    ...messagesOf(COMMANDS, schemas, {}),
  }
  const names = Object.keys(STREAMS) as StreamName[]
  return {
    asyncapi: '3.0.0',
    info: { title: 'KCloud Monitor streams', version, description: ABOUT },
    defaultContentType: 'application/json',
    servers: {
      here: {
        host: 'localhost:8001',
        protocol: 'ws',
        security: [
          { $ref: '#/components/securitySchemes/basic' },
          { $ref: '#/components/securitySchemes/api_key' },
          { $ref: '#/components/securitySchemes/bearer' },
          { $ref: '#/components/securitySchemes/ticket' },
        ],
      },
    },
    channels: Object.fromEntries(names.flatMap((name) => channelsOf(name, schemas))),
    operations: Object.fromEntries(names.flatMap(operationsOf)),
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        api_key: { type: 'httpApiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
        ticket: { type: 'httpApiKey', in: 'query', name: 'ticket' },
      },
      messages,
      schemas,
    },
  }
}

const ABOUT = `Every message is a JSON object with a type. Server-sent events carry the same objects as data, their type as event and their id as id. A WebSocket is closed with ${Object.entries(
  CLOSING_CODES,
)
  .map(([name, code]) => `${code} ${name}`)
  .join(', ')}.`

function messagesOf(
  schemas: Readonly<Record<string, z.ZodType>>,
  shared: Json,
  meanings: Readonly<Record<string, string>>,
): Json {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      {
        name,
        ...(meanings[name] !== undefined && { summary: meanings[name] }),
        payload: schemaOf(schema, shared),
      },
    ]),
  )
}

/** The JSON Schema of what stands on the wire; what several share goes among the components. */
function schemaOf(schema: z.ZodType, shared: Json): Json {
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const { $schema: _, $defs: definitions = {}, ...own } = made as Json & { $defs?: Json }
  Object.assign(shared, refer(definitions))
  return refer(own) as Json
}

/** The same with references to the components of this document. */
function refer(schema: unknown): unknown {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')
  return JSON.parse(text) as unknown
}

const SOCKET_ONLY = new Set(['subscribed', 'unsubscribed', 'pong'])
const eventsOf = (transport: 'stream' | 'events'): readonly string[] =>
  Object.keys(EVENTS).filter((name) =>
    transport === 'stream' ? name !== 'closing' : !SOCKET_ONLY.has(name),
  )

const refTo = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]))

function channelsOf(name: StreamName, shared: Json): [string, Json][] {
  const query = schemaOf(STREAMS[name], shared)
  return [
    [
      `${name}Stream`,
      {
        address: `/api/v1/monitoring/stream/${name}`,
        title: `The ${name} stream by WebSocket`,
        messages: refTo([...eventsOf('stream'), ...Object.keys(COMMANDS)]),
        bindings: { ws: { method: 'GET', query } },
      },
    ],
    [
      `${name}Events`,
      {
        address: `/api/v1/monitoring/events/${name}`,
        title: `The ${name} stream as server-sent events`,
        messages: refTo(eventsOf('events')),
      },
    ],
  ]
}

function operationsOf(name: StreamName): [string, Json][] {
  const through = (channel: string, messages: readonly string[]) => ({
    channel: { $ref: `#/channels/${channel}` },
    messages: messages.map((message) => ({ $ref: `#/channels/${channel}/messages/${message}` })),
  })
  return [
    [`${name}Told`, { action: 'send', ...through(`${name}Stream`, eventsOf('stream')) }],
    [`${name}Asked`, { action: 'receive', ...through(`${name}Stream`, Object.keys(COMMANDS)) }],
    [`${name}EventsTold`, { action: 'send', ...through(`${name}Events`, eventsOf('events')) }],
  ]
}
