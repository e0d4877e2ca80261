import { fastify } from 'fastify'
import { answerParent } from './parent.ts'

/** What the route answers from now on. */
export interface BareAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** The least that Fastify can do: one route that sends bytes which lie ready. */
let answer = { status: 200, headers: {}, body: Buffer.alloc(0) }
const app = fastify()
app.get('/', (_, reply) => reply.code(answer.status).headers(answer.headers).send(answer.body))
const url = await app.listen({ host: '127.0.0.1', port: 0 })

answerParent({ url }, (next: BareAnswer) => {
  answer = { ...next, body: Buffer.from(next.body) }
})
