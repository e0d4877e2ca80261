import type { Domain } from '../domain.ts'
import { acceleratorRoutes } from './accelerator-routes.ts'
import { gpuRoutes } from './gpu-routes.ts'
import type { NamingNeeds as Needs } from '../../services/fleet/index.ts'
import { npuRoutes } from './npu-routes.ts'

/** GPUs and NPUs, one row for each physical board, whoever reports it and however it is shared. */
export function accelerators(needs: Needs): Domain {
  return {
    name: 'accelerators',
    routes: (app) => {
      acceleratorRoutes(app, needs)
      gpuRoutes(app, needs)
      npuRoutes(app, needs)
    },
  }
}
