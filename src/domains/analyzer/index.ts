import type { Domain } from '../domain.ts'
import type { AnalyzeNeeds } from './analyze.ts'
import { analyzeRoutes } from './routes.ts'

/** Analyses of single workloads, in the shapes of an analyzer. */
export function analyzer(needs: AnalyzeNeeds): Domain {
  return {
    name: 'analyzer',
    path: '',
    atRoot: ['analyze', 'predict-cost'],
    routes: (app) => analyzeRoutes(app, needs),
  }
}
