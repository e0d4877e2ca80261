import type { Domain } from '../domain.ts'
import type { Needs } from './asked.ts'
import { dataRoutes } from './data-routes.ts'
import { formatsRoute } from './formats.ts'
import { jobRoutes } from './job-routes.ts'
import { maker } from './later.ts'
import { manifestRoute } from './manifest-route.ts'
import { createManifests } from './manifests.ts'
import { createDesk } from './start.ts'

/** Figures as files: to keep, to load elsewhere, and to hand on. */
export function exporting(needs: Needs): Domain {
  const desk = createDesk(needs, createManifests())
  needs.jobs.begin(maker(needs))
  return {
    name: 'export',
    routes: (app) => {
      dataRoutes(app, desk)
      formatsRoute(app, needs)
      manifestRoute(app, desk)
      jobRoutes(app, needs)
    },
  }
}
