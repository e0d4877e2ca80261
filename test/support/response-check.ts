import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

interface Operation {
  readonly responses?: Readonly<Record<string, unknown>>
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** Throws when a response is not what the server's own OpenAPI document promises for its route and status. */
export type ResponseCheck = (method: string, url: string, response: LightMyRequestResponse) => void

/** The check of one server, whose routes must be complete. */
export function createResponseCheck(fastify: FastifyInstance): ResponseCheck {
  const document = JSON.parse(JSON.stringify(fastify.swagger())) as { readonly paths: Paths }
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(document, 'openapi')
  const templates = Object.keys(document.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replace(/[.+*]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`),
    fixed: template.replace(/\{[^}]+\}/g, '').length,
  }))
  // A fixed part wins over a parameter, as in the router.
  templates.sort((a, b) => b.fixed - a.fixed)

  return (method, url, response) => {
    const path = url.split('?')[0] ?? ''
    const type = String(response.headers['content-type'] ?? '').split(';')[0] ?? ''
    if (type === 'application/problem+json') {
      assertValid(ajv, '#/components/schemas/Problem', { path, response })
      return
    }
    const template = templates.find(({ pattern }) => pattern.test(path))?.template
    if (template === undefined || type !== 'application/json') return
    const status = String(response.statusCode)
    const found = document.paths[template]?.[method.toLowerCase()]?.responses?.[status]
    if (found === undefined)
      throw new Error(`${method} ${template} does not document status ${status}`)
    const steps = ['paths', template, method.toLowerCase(), 'responses', status, 'content', type]
    const pointer = steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
    assertValid(ajv, `#/${encodeURI(pointer)}/schema`, { path, response })
  }
}

function assertValid(
  ajv: Ajv2020,
  pointer: string,
  { path, response }: { readonly path: string; readonly response: LightMyRequestResponse },
): void {
  const validate = ajv.compile({ $ref: `openapi${pointer}` })
  const body =
    typeof response.json === 'function' && response.headers['content-encoding'] === undefined
  if (body && response.payload !== '' && !validate(response.json()))
    throw new Error(`${path}: ${ajv.errorsText(validate.errors)}`)
}
