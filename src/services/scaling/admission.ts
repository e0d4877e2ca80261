import { KCloudError } from '../../kernel/errors.ts'
import type { PolicySpec } from './policy.ts'

/** Which policies are kept, by what they would do outside. */
export interface AdmissionRules {
  /** Null: webhooks may go nowhere. */
  readonly allows: ((url: string) => boolean) | null
  /** Whether there is something to sign with. */
  readonly canSign: boolean
  /** What the operator calls the settings. */
  readonly hostsSetting: string
  readonly secretSetting: string
  /** Whether the Kubernetes of a cluster can be reached. */
  readonly reaches: (cluster: string) => boolean
  readonly kubernetesSetting: string
}

/** Rejects policies with `forbidden` whose webhook leads where it may not, and with `unprocessable` unsigned ones. */
export function admitBy(rules: AdmissionRules): (spec: PolicySpec) => void {
  return (spec) => {
    const { webhook, mode, target } = spec
    if (mode === 'kubernetes' && !rules.reaches(target.cluster)) throw unreached(rules)
    if (webhook !== null) admitWebhook(rules, webhook.url, mode === 'webhook')
  }
}

function admitWebhook(rules: AdmissionRules, url: string, isUsed: boolean): void {
  const { allows, canSign, hostsSetting, secretSetting } = rules
  if (allows === null) throw refused(`no webhooks can be sent here: ${hostsSetting} lists no host`)
  if (!allows(url)) throw refused(`must have a host that ${hostsSetting} allows`)
  if (hasCredentials(url)) throw refused('must hold no user and no password')
  if (isUsed && !canSign)
    throw new KCloudError('unprocessable', {
      detail: `webhooks are signed: set ${secretSetting} on the server`,
    })
}

const hasCredentials = (url: string): boolean => {
  const { username, password } = new URL(url)
  return username !== '' || password !== ''
}

function unreached({ kubernetesSetting }: AdmissionRules): KCloudError {
  const detail = `the Kubernetes of this cluster is not in ${kubernetesSetting}`
  return new KCloudError('unprocessable', {
    detail,
    errors: [{ pointer: '/body/target/cluster', detail }],
  })
}

function refused(detail: string): KCloudError {
  return new KCloudError('forbidden', {
    detail: `webhook: ${detail}`,
    errors: [{ pointer: '/body/webhook/url', detail }],
  })
}
