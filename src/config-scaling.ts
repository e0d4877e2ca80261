import { optional, setting } from './config-setting.ts'
import { allowedHosts, secretTexts, seconds } from './config-values.ts'
import type { AllowedHost } from './services/clusters/index.ts'

/** What can be set of scaling by power. */
export const scalingSettings = {
  scalingInterval: setting(
    seconds('zero allowed'),
    '60s',
    'How often scaling policies decide, on one of the servers that share a state store. 0: only when somebody asks for their number.',
  ),
  scalingEventRetention: setting(
    seconds('not zero'),
    '90d',
    'How long the events of scaling are kept. Those that changed nothing are kept for a week at most.',
  ),
  webhookUrlAllow: optional(allowedHosts, {
    about:
      'Hosts that scaling policies may send webhooks to: names, *.suffix and host:port in a comma list. Without it they send none.',
    example: 'hooks.example.org,*.automation.example.org:8443',
  }),
  webhookSecret: optional(secretTexts, {
    about:
      'Signs webhooks, 24 to 200 characters. Several in a comma list sign each, so that a new one can be brought in before an old one goes.',
    example: '',
  }),
}

/** What scaling by power is to be like. */
export interface ScalingConfig {
  /** 0: only when somebody asks. */
  readonly intervalSeconds: number
  readonly keepSeconds: number
  readonly keepHoldsSeconds: number
  readonly webhookHosts: readonly AllowedHost[]
  readonly webhookSecrets: readonly string[]
}

interface ScalingSettings {
  readonly scalingInterval: number
  readonly scalingEventRetention: number
  readonly webhookUrlAllow?: readonly AllowedHost[] | undefined
  readonly webhookSecret?: readonly string[] | undefined
}

const WEEK_SECONDS = 7 * 86_400
const LEAST_SECONDS = 5

/** The settings as they are used. */
export function scalingConfig(read: ScalingSettings): ScalingConfig {
  const { scalingInterval: interval, scalingEventRetention: keepSeconds } = read
  return {
    intervalSeconds: interval === 0 ? 0 : Math.max(LEAST_SECONDS, interval),
    keepSeconds,
    keepHoldsSeconds: Math.min(keepSeconds, WEEK_SECONDS),
    webhookHosts: read.webhookUrlAllow ?? [],
    webhookSecrets: read.webhookSecret ?? [],
  }
}
