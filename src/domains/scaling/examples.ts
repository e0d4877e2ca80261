import type { z } from 'zod'
import type { eventSchema, metricSchema } from './event-schemas.ts'
import type { newPolicySchema, policySchema } from './policy-schemas.ts'
import type { simulateSchema, simulationSchema } from './simulation-schemas.ts'

export const EXAMPLES: {
  readonly newPolicy: z.input<typeof newPolicySchema>
  readonly policy: z.input<typeof policySchema>
  readonly event: z.input<typeof eventSchema>
  readonly metric: z.input<typeof metricSchema>
  readonly simulate: z.input<typeof simulateSchema>
  readonly simulation: z.input<typeof simulationSchema>
} = {} as never
