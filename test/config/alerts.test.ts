import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alerts-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const LEAST = {
  PROMETHEUS_URL: 'http://prometheus:9090',
  API_AUTH_USERNAME: 'monitor',
  API_AUTH_PASSWORD: 'long enough',
}

let files = 0
async function file(json: unknown): Promise<string> {
  files += 1
  const path = join(dir, `${files}.json`)
  await writeFile(path, typeof json === 'string' ? json : JSON.stringify(json))
  return path
}

const read = (more: Readonly<Record<string, string>> = {}) =>
  readConfig({ ...LEAST, ...more }, { demo: false }).alerts

/** The mistakes, without the name of the file. */
function mistakes(more: Readonly<Record<string, string>>): readonly string[] {
  try {
    read(more)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.mistakes.map(
      ({ variable, detail }) => `${variable} ${detail.replace(/^\S+: /, '')}`,
    )
  }
}

const WEBHOOK = { name: 'hook', type: 'webhook', url: 'https://hooks.example.org/x' }
const SLACK = { name: 'chat', type: 'slack', url: 'https://hooks.slack.com/services/x' }
const MAIL = { name: 'mail', type: 'email', to: ['oncall@example.org'] }
const HOSTS = { WEBHOOK_URL_ALLOW: 'hooks.example.org,hooks.slack.com' }
const SECRET = { WEBHOOK_SECRET: 'a secret that signs webhooks' }
const SMTP = { SMTP_HOST: 'smtp.example.org', SMTP_FROM: 'kcloud@example.org' }

const RULE = {
  name: 'much-power',
  condition: {
    kind: 'threshold',
    figure: { metric: 'kcloud_power_watts', by: ['cluster'] },
    above: 5,
  },
  receivers: ['chat'],
}

describe('the settings of alerts', () => {
  it('have defaults, and nobody to tell', () => {
    expect(read()).toEqual({
      intervalSeconds: 30,
      keepSeconds: 90 * 86_400,
      rules: null,
      receivers: [],
      mail: null,
    })
  })

  it('take receivers of each type, and the Alertmanagers that are set as one', async () => {
    const given = await file([
      WEBHOOK,
      { ...SLACK, repeat: '0s' },
      { ...MAIL, tells_resolved: false },
    ])
    const { receivers, mail } = read({
      ...{ ...HOSTS, ...SECRET, ...SMTP },
      ALERT_RECEIVERS_FILE: given,
      ALERTMANAGER_URL: 'http://alertmanager:9093',
    })
    expect(receivers).toMatchObject([
      {
        name: 'hook',
        repeatSeconds: 14_400,
        destination: { type: 'webhook', secrets: ['a secret that signs webhooks'] },
      },
      { name: 'chat', repeatSeconds: null },
      { name: 'mail', tellsResolved: false, destination: { to: ['oncall@example.org'] } },
      { name: 'alertmanager', destination: { addresses: ['http://alertmanager:9093'] } },
    ])
    expect(mail).toMatchObject({ host: 'smtp.example.org', port: 587, security: 'starttls' })
  })

  it.each([
    [
      [WEBHOOK],
      SECRET,
      'ALERT_RECEIVERS_FILE [0] url must have a host that WEBHOOK_URL_ALLOW allows',
    ],
    [
      [WEBHOOK],
      HOSTS,
      'ALERT_RECEIVERS_FILE [0] needs secrets, or WEBHOOK_SECRET: webhooks are signed',
    ],
    [[MAIL], {}, 'ALERT_RECEIVERS_FILE [0] needs SMTP_HOST'],
    [[SLACK, SLACK], HOSTS, 'ALERT_RECEIVERS_FILE [1].name is taken'],
    [
      [{ ...MAIL, to: ['a@b\r\nBcc: c@d.org'] }],
      SMTP,
      'ALERT_RECEIVERS_FILE [0].to[0] Invalid email address',
    ],
    [[], { SMTP_HOST: 'smtp.example.org' }, 'SMTP_FROM is needed beside SMTP_HOST'],
  ])('name the mistake of a receiver: %j', async (receivers, more, mistake) => {
    const ALERT_RECEIVERS_FILE = await file(receivers)
    expect(mistakes({ ...more, ALERT_RECEIVERS_FILE })).toEqual([mistake])
  })

  it('take rules from a file, and name all mistakes of it', async () => {
    const ALERT_RECEIVERS_FILE = await file([SLACK])
    const around = { ...HOSTS, ALERT_RECEIVERS_FILE }
    const good = read({ ...around, ALERT_RULES_FILE: await file([RULE]) })
    expect(good.rules).toMatchObject([{ name: 'much-power', for: '0s', receivers: ['chat'] }])
    const metric = { ...RULE.condition.figure, metric: 'kcloud_gpu_heat' }
    const bad = [
      { ...RULE, receivers: ['nobody'] },
      { ...RULE, name: 'other', condition: { ...RULE.condition, figure: metric } },
      RULE,
    ]
    expect(mistakes({ ...around, ALERT_RULES_FILE: await file(bad) })).toEqual([
      'ALERT_RULES_FILE [0] receivers.0 must be one of chat',
      expect.stringMatching(
        /^ALERT_RULES_FILE \[1\] condition\.figure\.metric must be a canonical metric/,
      ),
      'ALERT_RULES_FILE [2].name is taken',
    ])
    const wrong = [{ ...RULE, for: 'soon' }]
    expect(mistakes({ ...around, ALERT_RULES_FILE: await file(wrong) })).toEqual([
      expect.stringMatching(/^ALERT_RULES_FILE \[0\]\.for must be a duration/),
    ])
    expect(mistakes({ ...around, ALERT_RULES_FILE: await file('{') })).toEqual([
      expect.stringMatching(/must be JSON/),
    ])
  })
})
