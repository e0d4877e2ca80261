import { webhookSender } from '../../../src/services/outbox/index.ts'
import { newPolicySchema } from '../../../src/domains/scaling/policy-schemas.ts'
import { cluster, NEW_POLICY, startScaling } from '../../support/scaling.ts'

// Decides, and is killed at one of two moments: before its webhook is sent, or after it was received.
const [path = '', url = '', moment = ''] = process.argv.slice(2)
const now = () => new Date()
const die = (): void => {
  process.kill(process.pid, 'SIGKILL')
}
const send = webhookSender({
  allows: () => true,
  secrets: ['a secret that signs webhooks'],
  timeoutSeconds: 5,
  now,
})
const { scaling } = await startScaling(
  { seoul: cluster({ replicas: 12, watts: 440 }) },
  { now, advance: () => undefined },
  {
    place: { path },
    options: {
      admit: () => undefined,
      attempts: {
        kubernetes: () => Promise.reject(new Error('not asked for')),
        webhook: async (delivery, signal) => {
          const attempted = await send(delivery, signal)
          if (moment === 'received') die()
          return attempted
        },
      },
      onDecision: () => {
        if (moment === 'decided') die()
      },
    },
  },
)
const spec = newPolicySchema.parse({ ...NEW_POLICY, mode: 'webhook', webhook: { url } })
await scaling.policies.add(spec, { user: 'tester', at: now() })
await scaling.turn()
await scaling.deliver()
