import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { gauge } from '../../../src/promql/expression.ts'
import { clusterSpec, createHttpClient } from '../../../src/services/prometheus/index.ts'
import {
  startFakePrometheus,
  type FakeOptions,
  type FakePrometheus,
} from '../../support/fake-prometheus.ts'
import { makeCertificates, type Certificates } from './certificates.ts'

let made: Certificates
let fake: FakePrometheus | undefined

beforeAll(() => {
  made = makeCertificates()
})
afterEach(() => fake?.close())
afterAll(() => made.remove())

/** How one question over TLS ends. */
async function ask(tls: FakeOptions['tls'], fields: object = {}): Promise<unknown> {
  fake = await startFakePrometheus({ samples: 'up 1', ...(tls !== undefined && { tls }) })
  const url = fake.url.replace('http:', 'https:')
  const client = createHttpClient(clusterSpec(5).parse({ name: 'seoul', url, ...fields }))
  try {
    const { rows } = await client.instant(gauge('up'), new Date(0), { shelf: 'realtime' })
    return rows[0]?.value
  } catch (error) {
    return error
  } finally {
    await client.close()
  }
}

const unreachable = (detail: string): unknown =>
  expect.objectContaining({ kind: 'backend_unreachable', detail }) as unknown

describe('a backend behind TLS', () => {
  it('answers when its certificate is signed by the CA of the cluster', async () => {
    expect(await ask(made.good, { ca_file: made.caFile })).toBe(1)
  })

  it('is not trusted without that CA', async () => {
    expect(await ask(made.good)).toEqual(unreachable('its certificate is not trusted'))
  })

  it('is not trusted when it signed itself', async () => {
    expect(await ask(made.selfSigned)).toEqual(unreachable('its certificate is not trusted'))
  })

  it('is another one when its certificate is for another name', async () => {
    expect(await ask(made.otherName, { ca_file: made.caFile })).toEqual(
      unreachable('its certificate is for another name'),
    )
  })

  it('is out of date when its certificate has expired', async () => {
    expect(await ask(made.expired, { ca_file: made.caFile })).toEqual(
      unreachable('its certificate has expired'),
    )
  })

  it('is not there when the port speaks plain HTTP', async () => {
    expect(await ask(undefined)).toEqual(unreachable('no TLS there: its address may need http'))
  })

  it('gets our certificate when it asks for one', async () => {
    const { certFile, keyFile } = made.client
    const tls = { ...made.good, ca: made.ca, requestCert: true, rejectUnauthorized: true }
    const fields = { ca_file: made.caFile, cert_file: certFile, key_file: keyFile }
    expect(await ask(tls, fields)).toBe(1)
  })

  it('is refused at once with a key that does not fit the certificate', async () => {
    const files = { cert_file: made.client.certFile, key_file: made.good.keyFile }
    await expect(ask(made.good, files)).rejects.toMatchObject({ kind: 'invalid_request' })
  })
})
