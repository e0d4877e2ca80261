import type { z } from 'zod'
import type {
  alertEventSchema,
  alertSchema,
  deliverySchema,
  receiverSchema,
} from './alert-schemas.ts'
import type { previewedSchema, previewSchema } from './preview-schemas.ts'
import type { newRuleSchema, ruleSchema } from './rule-schemas.ts'

/** Answers of the demo, as the documentation shows them. */
export const EXAMPLES: {
  readonly newRule: z.input<typeof newRuleSchema>
  readonly rule: z.input<typeof ruleSchema>
  readonly alert: z.input<typeof alertSchema>
  readonly event: z.input<typeof alertEventSchema>
  readonly receivers: z.input<typeof receiverSchema>[]
  readonly delivery: z.input<typeof deliverySchema>
  readonly preview: z.input<typeof previewSchema>
  readonly previewed: z.input<typeof previewedSchema>
} = {} as never
