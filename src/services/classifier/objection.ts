import type { Lessons } from './lesson.ts'

/** A model that is right less often than this is no help. */
const LEAST_MACRO_F1 = 0.5
/** The model in use has seen some of these windows; this much of its lead is forgiven. */
const FORGIVEN = 0.05

/** Why a new model is not used; null when it is. */
export function objection({
  model,
  current,
}: Exclude<Lessons, { readonly reason: string }>): string | null {
  const own = model.scores.grouped.macro_f1 ?? 0
  if (own < LEAST_MACRO_F1)
    return `its macro-F1 at workloads it has not seen is ${own.toFixed(2)}, and ${LEAST_MACRO_F1} is the least`
  const before = current?.macro_f1 ?? 0
  if (own < before - FORGIVEN)
    return `its macro-F1 is ${own.toFixed(2)}, and that of the model in use is ${before.toFixed(2)} at the same windows`
  return null
}
