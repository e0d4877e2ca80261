import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { RuleSpec } from './analysis/alerts/rule.ts'
import { readJsonFile } from './config-json.ts'
import { readReceivers, type ReceiverSettings } from './config-receivers.ts'
import { optional, setting } from './config-setting.ts'
import { anyText, oneOf, seconds, whole } from './config-values.ts'
import { KCloudError } from './kernel/errors.ts'
import { newRuleSchema } from './domains/alerts/rule-schemas.ts'
import { admitRule, type MailServer, type ReceiverSetup } from './services/alerts/index.ts'
import { canonicalNames } from './services/canonical/index.ts'

/** What can be set of alerts. */
export const alertSettings = {
  alertInterval: setting(
    seconds('zero allowed'),
    '30s',
    'How often alert rules are evaluated, on one of the servers that share a state store. 0: never.',
  ),
  alertEventRetention: setting(
    seconds('not zero'),
    '90d',
    'How long the events of alerts are kept.',
  ),
  alertRulesFile: optional(anyText, {
    about:
      'A JSON file with a list of alert rules, as the API takes them; these are not changed by the API: docs/how-to/alert-on-figures.md.',
    example: '/etc/kcloud-monitor/alert-rules.json',
  }),
  alertReceiversFile: optional(anyText, {
    about:
      'A JSON file with a list of receivers: webhook, slack, email and alertmanager. ALERTMANAGER_URL is a receiver called alertmanager without it.',
    example: '/etc/kcloud-monitor/alert-receivers.json',
  }),
  smtpHost: optional(anyText, {
    about: 'The mail server that receivers of the type email are told by.',
    example: 'smtp.example.org',
  }),
  smtpPort: setting(whole(1, 65_535), '587', 'Its port.'),
  smtpSecurity: setting(
    oneOf(['starttls', 'tls', 'none']),
    'starttls',
    'starttls and tls give up where there is no TLS that can be trusted; none speaks in the clear.',
  ),
  smtpUsername: optional(anyText, { about: 'Who sends.', example: 'kcloud' }),
  smtpPassword: optional(anyText, { about: 'The password of that user.' }),
  smtpFrom: optional(mailAddress(), {
    about: 'The address that mail comes from.',
    example: 'kcloud-monitor@example.org',
  }),
  smtpCaFile: optional(anyText, {
    about: 'A file of certificates that vouch for the mail server.',
    example: '/etc/kcloud-monitor/mail-ca.crt',
  }),
}

function mailAddress(): z.ZodType<string, string> {
  return z.email({ error: 'must be an address such as kcloud-monitor@example.org' })
}

/** What alerts are to be like. */
export interface AlertsConfig {
  /** 0: rules are not evaluated. */
  readonly intervalSeconds: number
  readonly keepSeconds: number
  /** Null without a file. */
  readonly rules: readonly RuleSpec[] | null
  readonly receivers: readonly ReceiverSetup[]
  readonly mail: MailServer | null
}

type AlertSettings = {
  readonly [Name in keyof typeof alertSettings]: z.output<(typeof alertSettings)[Name]>
}

type Complain = (setting: keyof AlertSettings, detail: string) => void

const LEAST_SECONDS = 5

/** The settings as they are used, with what their files say. Every mistake is told. */
export function readAlerts(
  read: Partial<AlertSettings> & ReceiverSettings,
  complain: Complain,
): AlertsConfig {
  const { alertInterval: interval = 0, alertEventRetention: keepSeconds = 0 } = read
  const mail = mailOf(read, complain)
  if (mail?.from === '') complain('smtpFrom', 'is needed beside SMTP_HOST')
  const receivers = readReceivers(read, {
    hasMail: mail !== null,
    complain: (mistake) => complain('alertReceiversFile', mistake),
  })
  return {
    intervalSeconds: interval === 0 ? 0 : Math.max(LEAST_SECONDS, interval),
    keepSeconds,
    rules: rulesOf(read, receivers, complain),
    receivers,
    mail,
  }
}

function mailOf(read: Partial<AlertSettings>, complain: Complain): MailServer | null {
  const { smtpHost: host, smtpFrom: from = '', smtpPort: port = 587 } = read
  const { smtpSecurity: security = 'starttls', smtpUsername: user, smtpPassword: password } = read
  if (host === undefined) return null
  const ca = textOf(read.smtpCaFile, complain)
  return { host, port, security, user: user ?? null, password: password ?? null, ca, from }
}

function textOf(file: string | undefined, complain: Complain): string | null {
  if (file === undefined) return null
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    complain('smtpCaFile', `${file}: cannot be read (${String(error)})`)
    return null
  }
}

const MOST_RULES = 500

function rulesOf(
  { alertRulesFile: file }: Partial<AlertSettings>,
  receivers: readonly ReceiverSetup[],
  complain: Complain,
): AlertsConfig['rules'] {
  if (file === undefined) return null
  const told = (mistake: string): void => complain('alertRulesFile', `${file}: ${mistake}`)
  const rules = readJsonFile(file, z.array(newRuleSchema).max(MOST_RULES), told) ?? []
  const known = new Map(receivers.map((each) => [each.name, each]))
  for (const [index, rule] of rules.entries()) {
    if (rules.findIndex(({ name }) => name === rule.name) < index) told(`[${index}].name is taken`)
    const problem = admissionProblem(rule, known)
    if (problem !== null) told(`[${index}] ${problem}`)
  }
  return rules
}

function admissionProblem(
  rule: RuleSpec,
  receivers: ReadonlyMap<string, ReceiverSetup>,
): string | null {
  try {
    admitRule({ canonical: canonicalNames, receivers }, rule)
    return null
  } catch (error) {
    if (!(error instanceof KCloudError)) throw error
    const [first] = error.errors
    if (first === undefined) return error.detail
    return `${first.pointer.replace('/body/', '').replaceAll('/', '.')} ${first.detail}`
  }
}
