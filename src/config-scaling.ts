import { optional, setting } from './config-setting.ts'
import { kubernetesClusters } from './config-kubernetes.ts'
import {
  alertmanagers,
  allowedHosts,
  anyText,
  secretTexts,
  seconds,
  whole,
} from './config-values.ts'
import type { KubernetesAccess } from './services/scaling/index.ts'
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
  alertmanagerUrl: optional(alertmanagers, {
    about:
      'Alertmanagers that hear of broken power budgets, in a comma list; each is told. A user and a password may stand in the address.',
    example: 'http://alertmanager:9093',
  }),
  kubernetesClusters: optional(kubernetesClusters, {
    about:
      'How the Kubernetes of clusters is reached, for policies that scale by themselves: JSON with a kubeconfig, or in-cluster, by the name of the cluster.',
    example: '{"seoul":"/etc/kcloud-monitor/seoul.kubeconfig"}',
  }),
  kedaPort: optional(whole(1, 65_535), {
    about: 'Where the external scaler of KEDA listens, over gRPC. Without it there is none.',
    example: '9443',
  }),
  kedaHost: setting(anyText, '127.0.0.1', 'The address that it listens on.'),
  kedaTlsCert: optional(anyText, {
    about: 'Files of its certificate and key. Without them it speaks in the clear, to anyone.',
    example: '/etc/kcloud-monitor/keda.crt',
  }),
  kedaTlsKey: optional(anyText, { about: 'See above.', example: '/etc/kcloud-monitor/keda.key' }),
  kedaTlsClientCa: optional(anyText, {
    about: 'Answers only clients that this authority vouches for.',
    example: '/etc/kcloud-monitor/keda-clients.crt',
  }),
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
  readonly alertmanagers: readonly string[]
  readonly kubernetes: ReadonlyMap<string, KubernetesAccess>
  /** Null without an external scaler. */
  readonly keda: KedaConfig | null
}

/** Where the external scaler of KEDA listens; the files of its TLS. */
interface KedaConfig {
  readonly port: number
  readonly host: string
  readonly cert: string | null
  readonly key: string | null
  readonly clientCa: string | null
}

interface ScalingSettings {
  readonly scalingInterval: number
  readonly scalingEventRetention: number
  readonly webhookUrlAllow?: readonly AllowedHost[] | undefined
  readonly webhookSecret?: readonly string[] | undefined
  readonly alertmanagerUrl?: readonly string[] | undefined
  readonly kubernetesClusters?: ReadonlyMap<string, KubernetesAccess> | undefined
  readonly kedaPort?: number | undefined
  readonly kedaHost: string
  readonly kedaTlsCert?: string | undefined
  readonly kedaTlsKey?: string | undefined
  readonly kedaTlsClientCa?: string | undefined
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
    alertmanagers: read.alertmanagerUrl ?? [],
    kubernetes: read.kubernetesClusters ?? new Map(),
    keda: kedaOf(read),
  }
}

function kedaOf(read: ScalingSettings): KedaConfig | null {
  const { kedaPort: port, kedaHost: host } = read
  if (port === undefined) return null
  const { kedaTlsCert: cert, kedaTlsKey: key, kedaTlsClientCa: clientCa } = read
  return { port, host, cert: cert ?? null, key: key ?? null, clientCa: clientCa ?? null }
}
