import type { Domain } from '../domain.ts'
import { analyzeRoutes, type Needs } from './routes.ts'

/** Analyses of single workloads, in the shapes of an analyzer. */
export function analyzer(needs: Needs): Domain {
  return {
    name: 'analyzer',
    path: '',
    atRoot: ['analyze', 'predict-cost'],
    routes: (app) => analyzeRoutes(app, needs),
  }
}
