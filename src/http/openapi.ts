import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'

/** Collects the routes of a server into its OpenAPI document; `fastify.swagger()` gives it. */
export async function registerOpenApi(fastify: FastifyInstance, version: string): Promise<void> {
  await fastify.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'KCloud Monitor', version } },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
}
