import { z } from 'zod'
import { durationOf } from './analysis/alerts/rule.ts'
import { readJsonFile, type Complain } from './config-json.ts'
import { durationText } from './domains/alerts/condition-schemas.ts'
import type { ReceiverSetup } from './services/alerts/index.ts'
import { isAllowed, type AllowedHost } from './services/clusters/index.ts'

/** The settings that receivers rest on. */
export interface ReceiverSettings {
  readonly alertReceiversFile?: string | undefined
  readonly alertmanagerUrl?: readonly string[] | undefined
  readonly webhookUrlAllow?: readonly AllowedHost[] | undefined
  readonly webhookSecret?: readonly string[] | undefined
}

const common = {
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'must be lower-case letters, digits and dashes',
  }),
  repeat: durationText.default('4h'),
  tells_resolved: z.boolean().default(true),
}
const httpUrl = z.url({ protocol: /^https?$/ }).max(2048)
const secret = z.string().min(24).max(200)

const receiverSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...common,
    type: z.literal('webhook'),
    url: httpUrl,
    secrets: z.array(secret).min(1).max(5).optional(),
  }),
  z.strictObject({ ...common, type: z.literal('slack'), url: httpUrl }),
  z.strictObject({ ...common, type: z.literal('email'), to: z.array(z.email()).min(1).max(50) }),
  z.strictObject({
    ...common,
    type: z.literal('alertmanager'),
    urls: z.array(httpUrl).min(1).max(10),
  }),
])

type Given = z.output<typeof receiverSchema>

interface Reading {
  readonly hasMail: boolean
  readonly complain: Complain
}

/** The receivers of a file, and the Alertmanagers that are set beside it. Every mistake is told. */
export function readReceivers(
  read: ReceiverSettings,
  { hasMail, complain }: Reading,
): readonly ReceiverSetup[] {
  const { alertReceiversFile: file } = read
  const told = (mistake: string): void => complain(`${file}: ${mistake}`)
  const given = file === undefined ? [] : (readJsonFile(file, z.array(receiverSchema), told) ?? [])
  for (const [index, each] of given.entries()) {
    const problem = problemOf(each, read, hasMail)
    if (problem !== null) told(`[${index}] ${problem}`)
    if (given.findIndex(({ name }) => name === each.name) < index) told(`[${index}].name is taken`)
  }
  return withAlertmanagers(given, read)
}

function withAlertmanagers(
  given: readonly Given[],
  { alertmanagerUrl: addresses = [], webhookSecret: secrets = [] }: ReceiverSettings,
): readonly ReceiverSetup[] {
  const receivers = given.map((each) => setupOf(each, secrets))
  const isNamed = given.some(({ name }) => name === 'alertmanager')
  return addresses.length === 0 || isNamed
    ? receivers
    : [...receivers, setupOf({ ...ALERTMANAGER, urls: [...addresses] }, [])]
}

const ALERTMANAGER = {
  name: 'alertmanager',
  type: 'alertmanager',
  repeat: '0s',
  tells_resolved: true,
} as const

function problemOf(given: Given, around: ReceiverSettings, hasMail: boolean): string | null {
  switch (given.type) {
    case 'email':
      return hasMail ? null : 'needs SMTP_HOST'
    case 'alertmanager':
      return null
    case 'slack':
      return hostProblem(given.url, around)
    case 'webhook':
      return hostProblem(given.url, around) ?? secretProblem(given.secrets, around)
  }
}

const hostProblem = (url: string, { webhookUrlAllow: hosts = [] }: ReceiverSettings) =>
  isAllowed(url, hosts) ? null : 'url must have a host that WEBHOOK_URL_ALLOW allows'

const secretProblem = (own: readonly string[] | undefined, { webhookSecret }: ReceiverSettings) =>
  (own ?? webhookSecret) === undefined
    ? 'needs secrets, or WEBHOOK_SECRET: webhooks are signed'
    : null

function setupOf(given: Given, secrets: readonly string[]): ReceiverSetup {
  const { name, type, repeat, tells_resolved: tellsResolved } = given
  const repeatSeconds = durationOf(repeat)
  return {
    name,
    type,
    repeatSeconds: repeatSeconds === 0 ? null : repeatSeconds,
    tellsResolved,
    destination: destinationOf(given, secrets),
  }
}

function destinationOf(given: Given, secrets: readonly string[]): ReceiverSetup['destination'] {
  switch (given.type) {
    case 'webhook':
      return { type: 'webhook', url: given.url, secrets: given.secrets ?? secrets }
    case 'slack':
      return { type: 'slack', url: given.url }
    case 'email':
      return { type: 'email', to: given.to }
    case 'alertmanager':
      return { type: 'alertmanager', addresses: given.urls }
  }
}
