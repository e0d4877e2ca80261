import type { Telemetry } from '../../services/telemetry/index.ts'
import type { Domain } from '../domain.ts'
import { acceleratorRoutes } from './accelerator-routes.ts'
import { gpuRoutes } from './gpu-routes.ts'
import { npuRoutes } from './npu-routes.ts'

/** GPUs and NPUs, one row for each physical board, whoever reports it and however it is shared. */
export function accelerators({ telemetry }: { readonly telemetry: Telemetry }): Domain {
  return {
    name: 'accelerators',
    routes: (app) => {
      acceleratorRoutes(app, telemetry)
      gpuRoutes(app, telemetry)
      npuRoutes(app, telemetry)
    },
  }
}
