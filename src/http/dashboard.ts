import type { FastifyInstance } from 'fastify'
import { assetOf, sendAsset, type Asset } from './asset.ts'
import { DASHBOARD_FILES, dashboardFiles, type DashboardFile } from './dashboard-files.ts'
import type { SecurityHeaders } from './security-headers.ts'

/** The live page at `/dashboard`: behind the credentials of the API, whose answers are all that it shows. */
export function mountDashboard(fastify: FastifyInstance, headers: SecurityHeaders): void {
  const assets = createAssets()
  void fastify.register((scope, _options, done) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, reach: 'everybody' }
      route.schema = { ...route.schema, hide: true }
    })
    scope.addHook('onRequest', (_request, reply, next) => {
      void reply.headers(headers)
      next()
    })
    for (const name of NAMES)
      scope.get(pathOf(name), async (request, reply) =>
        sendAsset(await assets(name), request, reply),
      )
    scope.get('/dashboard/', (_request, reply) => reply.redirect('../dashboard', 308))
    done()
  })
}

// The keys of an object of ours are those of its type.
const NAMES = Object.keys(DASHBOARD_FILES) as DashboardFile[]

const pathOf = (name: DashboardFile): string =>
  name === 'index.html' ? '/dashboard' : `/dashboard/${name}`

/** The files, made when somebody first asks; what could not be made is tried again. */
function createAssets(): (name: DashboardFile) => Promise<Asset> {
  let made: Promise<ReadonlyMap<DashboardFile, Asset>> | undefined
  const make = async (): Promise<ReadonlyMap<DashboardFile, Asset>> => {
    const files = await dashboardFiles()
    return new Map(NAMES.map((name) => [name, assetOf(DASHBOARD_FILES[name], files[name])]))
  }
  return async (name) => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    const asset = (await made).get(name)
    if (asset === undefined) throw new Error(`the dashboard has no ${name}`)
    return asset
  }
}
