import helmet from '@fastify/helmet'
import { fastify } from 'fastify'

export type SecurityHeaders = Readonly<Record<string, string>>
type Sources = Readonly<Record<string, readonly string[]>>

/** Data, not pages: nothing in them may run, load or be framed. */
const DATA: Sources = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }

/** Pages of this server that load only from this server. */
const PAGE: Sources = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  // Both documentation pages write style elements.
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  // ReDoc searches in a worker that it makes of a blob.
  workerSrc: ["'self'", 'blob:'],
  childSrc: ['blob:'],
  baseUri: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
}

/** The dashboard: it needs less than the documentation, and so may less. */
const DASHBOARD: Sources = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
}

type Kind = 'data' | 'page' | 'dashboard'

/** The headers that helmet sets, for data, for pages, and for the dashboard. */
export async function securityHeaders(): Promise<Readonly<Record<Kind, SecurityHeaders>>> {
  return {
    data: await headersOf(DATA, FOR_DOCUMENTS),
    page: await headersOf(PAGE, []),
    dashboard: await headersOf(DASHBOARD, []),
  }
}

/** What matters to nothing but documents, and would only make every answer longer. */
const FOR_DOCUMENTS = [
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
]

/** helmet composes its headers anew for each request, though they never differ: it is asked once. */
async function headersOf(
  directives: Sources,
  without: readonly string[],
): Promise<SecurityHeaders> {
  const probe = fastify()
  await probe.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: Object.fromEntries(
        Object.entries(directives).map(([name, sources]) => [name, [...sources]]),
      ),
    },
    crossOriginResourcePolicy: { policy: 'same-site' },
    // It speaks HTTP; whoever ends TLS before it decides for the whole host.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  })
  probe.get('/', (_request, reply) => reply.code(204).send())
  const { headers } = await probe.inject('/')
  await probe.close()
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !NOT_HELMETS.includes(name) && !without.includes(name),
    ),
  ) as SecurityHeaders
}

const NOT_HELMETS = ['date', 'connection', 'content-length', 'content-type']
