import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { mailer, type MailServer as Settings } from '../../../src/services/alerts/index.ts'
import { decoded, MAIL_USER, startMailServer, type MailServer } from '../../support/mail-server.ts'
import { makeCertificates, type Certificates } from '../prometheus/certificates.ts'

let certificates: Certificates
let key: string
let cert: string
let ca: string
beforeAll(() => {
  certificates = makeCertificates()
  key = certificates.good.key.toString()
  cert = certificates.good.cert.toString()
  ca = certificates.ca.toString()
})
afterAll(() => certificates.remove())

let server: MailServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const notice = (summary: string, node = 'gpu-1') => ({
  status: 'firing' as const,
  alert_id: 'a1',
  fingerprint: 'f1',
  labels: { alertname: 'hot', node },
  annotations: { summary, description: 'max of kcloud_gpu_temperature_celsius: 71 °C' },
  starts_at: '2026-11-20T00:00:00.000Z',
  ends_at: null,
  value: 71,
  unit: '°C',
})

const mailOf = (summary: string, node?: string) => ({
  id: 'delivery-1',
  to: ['oncall@example.org', 'second@example.org'],
  message: {
    reason: 'change' as const,
    rule: 'hot',
    severity: 'critical' as const,
    at: '2026-11-20T00:00:00.000Z',
    alerts: [notice(summary, node)],
    truncated: 0,
  },
})

const { signal } = new AbortController()

async function start(options: Parameters<typeof startMailServer>[0] = {}) {
  server = await startMailServer({ key, cert, ...options })
  const { port } = server
  const settings: Settings = {
    host: '127.0.0.1',
    port,
    security: 'starttls',
    ...MAIL_USER,
    ca,
    from: 'kcloud@example.org',
  }
  return { server, settings }
}

describe('a mail of an alert', () => {
  it('comes over STARTTLS with a password, and its Korean subject is read as it was written', async () => {
    const { server: to, settings } = await start()
    const summary = '서울/gpu-1: GPU 온도가 71 °C 입니다. 냉각 장치를 확인하세요'
    expect(await mailer(settings)(mailOf(summary), signal)).toEqual({ outcome: 'done' })
    const [mail] = to.received
    expect(mail).toMatchObject({
      from: 'kcloud@example.org',
      to: ['oncall@example.org', 'second@example.org'],
      secure: true,
      user: 'kcloud',
      headers: { 'message-id': '<delivery-1@example.org>', 'auto-submitted': 'auto-generated' },
    })
    expect(decoded(mail?.headers['subject'] ?? '')).toBe(`[KCloud] [FIRING] ${summary}`)
    expect(mail?.headers['subject']).toMatch(/^[\x20-\x7e]+$/)
  })

  it('comes over TLS from the first byte', async () => {
    const { server: to, settings } = await start({ secure: true })
    const told = await mailer({ ...settings, security: 'tls' })(mailOf('hot'), signal)
    expect([told, to.received[0]?.secure]).toEqual([{ outcome: 'done' }, true])
  })

  it('has no headers but its own, whatever a rule or a label says', async () => {
    const { server: to, settings } = await start()
    const evil = 'hot\r\nBcc: everybody@example.org\r\n\r\n<script>\u2028X-Evil: 1'
    await mailer(settings)(mailOf(evil, 'n\r\nCc: them@example.org'), signal)
    const [mail] = to.received
    expect(mail?.to).toEqual(['oncall@example.org', 'second@example.org'])
    expect(Object.keys(mail?.headers ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(bcc|cc|x-evil)$/)]),
    )
    expect(decoded(mail?.headers['subject'] ?? '')).toBe(
      '[KCloud] [FIRING] hot Bcc: everybody@example.org <script> X-Evil: 1',
    )
  })

  it.each([
    ['a certificate that nobody vouches for', { ca: null }, /TLS|reached/],
    ['a server without TLS', { without: true }, /TLS|reached/],
    ['a wrong password', { password: 'wrong' }, /refused the password/],
    ['nobody there', { port: 1 }, /could not be reached/],
  ])('is not sent with %s, and is tried again', async (_, { without, ...change }: any, problem) => {
    const { server: to, settings } = await start(
      without === true ? { disabledCommands: ['STARTTLS'] } : {},
    )
    const told = await mailer({ ...settings, ...change })(mailOf('hot'), signal)
    expect(told).toEqual({ outcome: 'later', problem: expect.stringMatching(problem) })
    expect(to.received).toEqual([])
  })

  it('that the server refuses for now is tried again', async () => {
    const { server: to, settings } = await start()
    to.refuse(451)
    expect(await mailer(settings)(mailOf('hot'), signal)).toEqual({
      outcome: 'later',
      problem: 'the mail server answered 451',
    })
  })
})
