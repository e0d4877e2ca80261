import type { FastifyInstance } from 'fastify'
import type { Domain } from './domains/domain.ts'
import { createApp, type AppOptions } from './http/create-app.ts'

/** The path that every domain lies below. */
const BASE = '/api/v1'

/** What also answers elsewhere: health at the root, where load balancers look for it. */
const ALIASES = new Map([
  ['/health', `${BASE}/system/health`],
  // Older data sources add a slash.
  ['/grafana/', '/grafana'],
])

/** One server that answers for all the domains, not yet listening. */
export async function createServer(
  domains: readonly Domain[],
  options: Omit<AppOptions, 'aliases' | 'roots'>,
): Promise<FastifyInstance> {
  const app = await createApp({ ...options, aliases: ALIASES, roots: rootsOf(domains) })
  for (const domain of domains) app.mount(prefixOf(domain), (scope) => domain.routes(scope))
  app.finish()
  return app.fastify
}

function prefixOf({ name, path = name, foreign = false }: Domain): string {
  if (foreign) return `/${path}`
  return path === '' ? BASE : `${BASE}/${path}`
}

function rootsOf(domains: readonly Domain[]): AppOptions['roots'] {
  const segments = domains.flatMap(({ atRoot = [] }) => atRoot)
  return new Map(segments.map((segment) => [`/${segment}`, `${BASE}/${segment}`]))
}
