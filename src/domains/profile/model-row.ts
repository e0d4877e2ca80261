import type { z } from 'zod'
import type { ModelScores } from '../../analysis/workloads/classifier.ts'
import type { DeepReadonly } from '../../http/deep-readonly.ts'
import type { ModelInfo } from '../../services/store/index.ts'
import type { modelSchema } from './schemas.ts'

/** A version of a model as these routes show it. */
export function modelRow(info: ModelInfo): DeepReadonly<z.output<typeof modelSchema>> {
  return {
    version: info.version,
    created_at: info.created_at,
    in_use: info.is_active,
    note: info.note,
    // What was stored with such a model.
    scores: info.scores as unknown as ModelScores,
  }
}
