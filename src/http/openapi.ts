import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { finishDocument, type OpenApiDocument } from './openapi-document.ts'

const DESCRIPTION = `Power, performance, cost and carbon of AI clouds, from many Prometheus servers.

Every answer is \`{ data, meta }\`. \`meta.status\` is \`partial\` as soon as one asked cluster did not answer in full;
\`meta.clusters\` says which, and \`partial=deny\` refuses such an answer. Every failure is a problem document (RFC 9457).
Names carry their unit, times are RFC 3339 in UTC, \`null\` means that the source does not report it.`

/** How a request says who sends it; one of them will do. */
const SECURITY_SCHEMES = {
  basic: { type: 'http', scheme: 'basic', description: 'A user name and a password.' },
  api_key: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'A key of `POST /api/v1/system/api-keys`.',
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The same key, or a token of the OIDC issuer that the server trusts.',
  },
} as const

/** What of the document is not in the routes. */
export interface OpenApiOptions {
  readonly version: string
  /** Paths that answer as others do. */
  readonly aliases: ReadonlyMap<string, string>
}

/** Collects the routes of a server into its OpenAPI 3.1 document, which \`fastify.swagger()\` gives. */
export async function registerOpenApi(
  fastify: FastifyInstance,
  { version, aliases }: OpenApiOptions,
): Promise<void> {
  await fastify.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'KCloud Monitor',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The server that this document comes from.' }],
      security: Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] })),
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    transform: (route) => jsonSchemaTransform({ ...route, schema: withRole(route) }),
    transformObject: (document) => {
      const made = jsonSchemaTransformObject(document) as unknown as OpenApiDocument
      return finishDocument(made, aliases) as unknown as ReturnType<
        typeof jsonSchemaTransformObject
      >
    },
  })
}

interface Documented {
  readonly schema: FastifySchema
  readonly route: RouteOptions
}

/** Says who may. */
function withRole({ schema, route }: Documented): FastifySchema {
  const { open, role } = route.config ?? {}
  return open === true ? schema : { ...schema, ...{ 'x-required-role': role ?? 'viewer' } }
}
