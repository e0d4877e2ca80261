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
}

/** Rejects policies with `forbidden` whose webhook leads where it may not, and with `unprocessable` unsigned ones. */
export function admitBy(rules: AdmissionRules): (spec: PolicySpec) => void {
  const { allows, canSign, hostsSetting, secretSetting } = rules
  return ({ webhook, mode }) => {
    if (webhook === null) return
    if (allows === null)
      throw refused(`no webhooks can be sent here: ${hostsSetting} lists no host`)
    if (!allows(webhook.url)) throw refused(`must have a host that ${hostsSetting} allows`)
    if (hasCredentials(webhook.url)) throw refused('must hold no user and no password')
    if (mode === 'webhook' && !canSign)
      throw new KCloudError('unprocessable', {
        detail: `webhooks are signed: set ${secretSetting} on the server`,
      })
  }
}

const hasCredentials = (url: string): boolean => {
  const { username, password } = new URL(url)
  return username !== '' || password !== ''
}

function refused(detail: string): KCloudError {
  return new KCloudError('forbidden', {
    detail: `webhook: ${detail}`,
    errors: [{ pointer: '/body/webhook/url', detail }],
  })
}
