import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBackendError } from '../../../src/kernel/errors.ts'
import { counter, gauge, over, rate, scale, sum } from '../../../src/promql/expression.ts'
import {
  clusterSpec,
  createHttpClient,
  type HttpClient,
} from '../../../src/services/prometheus/index.ts'
import {
  realPrometheusBinaries,
  requireReal,
  startPrometheus,
  type RealPrometheus,
} from '../../support/real-prometheus.ts'
import { makeCertificates, type Certificates } from './certificates.ts'

const START = 1795150800
const at = (seconds: number): Date => new Date((START + seconds) * 1000)

/** Ten minutes of two GPUs, sampled every 15 s. */
function history(): string {
  const samples = ['a', 'b'].flatMap((gpu) =>
    Array.from({ length: 41 }, (_, i) => [
      `power_watts{gpu="${gpu}"} ${300 + i} ${START + i * 15}`,
      `energy_joules_total{gpu="${gpu}"} ${i * 15 * 200} ${START + i * 15}`,
    ]).flat(),
  )
  // One family after the other, each with its type.
  const family = (name: string): string[] => samples.filter((line) => line.startsWith(name))
  return [
    '# TYPE power_watts gauge',
    ...family('power_watts'),
    '# TYPE energy_joules counter',
    ...family('energy_joules_total'),
  ].join('\n')
}

async function within<Result>(
  fields: object,
  use: (client: HttpClient) => Promise<Result>,
): Promise<Result> {
  const client = createHttpClient(clusterSpec(10).parse({ name: 'real', ...fields }))
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

const HAS_PROMETHEUS = requireReal('prometheus', 'prometheus')

describe.each(HAS_PROMETHEUS ? realPrometheusBinaries() : [])('$name', ({ path, edges }) => {
  let server: RealPrometheus
  beforeAll(async () => {
    server = await startPrometheus({ binary: path, openMetrics: history() })
  })
  afterAll(() => server.stop())

  it('answers an instant query', async () => {
    const reply = await within({ url: server.url }, (client) =>
      client.instant(scale(gauge('power_watts'), 0.001), at(600), { shelf: 'realtime' }),
    )
    expect(reply.rows).toEqual([
      { labels: { gpu: 'a' }, seconds: START + 600, value: 0.34 },
      { labels: { gpu: 'b' }, seconds: START + 600, value: 0.34 },
    ])
    expect(reply.warnings).toEqual([])
  })

  it('answers a range query', async () => {
    const { rows } = await within({ url: server.url }, (client) =>
      client.range(
        sum(rate(over(counter('energy_joules_total'), 130)), []),
        { start: at(300), end: at(600), stepSeconds: 60 },
        { shelf: 'series' },
      ),
    )
    expect([...rows[0]!.seconds]).toEqual([300, 360, 420, 480, 540, 600].map((s) => START + s))
    for (const value of rows[0]!.values) expect(value).toBeCloseTo(400, 6)
  })

  it('may remark on a query without taking anything from its answer', async () => {
    const reply = await within({ url: server.url }, (client) =>
      client.instant(rate(over(counter('power_watts'), 130)), at(600), { shelf: 'realtime' }),
    )
    expect(reply.rows).toHaveLength(2)
    expect(reply.warnings).toEqual([])
    expect(reply.infos).toHaveLength(edges === 'closed' ? 0 : 1)
  })

  it('shows only the series that the cluster may see', async () => {
    const { rows } = await within({ url: server.url, labels: { gpu: 'b' } }, (client) =>
      client.instant(gauge('power_watts'), at(600), { shelf: 'realtime' }),
    )
    expect(rows.map(({ labels }) => labels['gpu'])).toEqual(['b'])
  })

  it('takes a query that is too long for an address', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => `GPU-${i}`)
    const { rows } = await within({ url: server.url }, (client) =>
      client.instant(
        gauge('power_watts', [{ op: 'one_of', label: 'gpu', values: ['a', ...many] }]),
        at(600),
        { shelf: 'realtime' },
      ),
    )
    expect(rows).toHaveLength(1)
  })

  it('says its version', async () => {
    const { version } = await within({ url: server.url }, (client) => client.buildInfo())
    expect(version).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('refuses more points than it gives', async () => {
    const window = { start: at(0), end: at(20_000), stepSeconds: 1 }
    const asked = within({ url: server.url }, (client) =>
      client.range(gauge('power_watts'), window, { shelf: 'series' }),
    )
    await expect(asked).rejects.toMatchObject({ kind: 'backend_rejected' })
  })

  it('is a timeout when it is frozen, and answers again when it is not', async () => {
    const fields = { url: server.url, timeout: '300ms' }
    await within(fields, async (client) => {
      const read = () => client.instant(gauge('power_watts'), at(600), { shelf: 'realtime' })
      const outcome = () =>
        read().then(
          ({ rows }) => rows.length,
          (error: unknown) => (isBackendError(error) ? error.kind : error),
        )
      server.pause()
      // A question may slip through before the signal arrives there.
      await expect.poll(outcome, { timeout: 10_000 }).toBe('backend_timeout')
      server.resume()
      await expect.poll(outcome, { timeout: 10_000 }).toBe(2)
    })
  })
})

describe.skipIf(!HAS_PROMETHEUS)('a real Prometheus that asks for a client certificate', () => {
  let made: Certificates
  let server: RealPrometheus
  beforeAll(async () => {
    made = makeCertificates()
    server = await startPrometheus({
      webConfig: [
        'tls_server_config:',
        `  cert_file: ${made.good.certFile}`,
        `  key_file: ${made.good.keyFile}`,
        `  client_ca_file: ${made.caFile}`,
        '  client_auth_type: RequireAndVerifyClientCert',
      ].join('\n'),
    })
  })
  afterAll(async () => {
    await server.stop()
    made.remove()
  })
  const ask = (fields: object): Promise<unknown> =>
    within({ url: server.url, ca_file: made.caFile, ...fields }, (client) => client.buildInfo())

  it('answers with it', async () => {
    const { certFile, keyFile } = made.client
    await expect(ask({ cert_file: certFile, key_file: keyFile })).resolves.toHaveProperty('version')
  })

  it('is unreachable without it', async () => {
    // Under TLS 1.3 the refusal comes after the handshake, as an alert or as a closed connection.
    await expect(ask({})).rejects.toMatchObject({ kind: 'backend_unreachable' })
  })

  it('says that it wants TLS when it is asked without', async () => {
    const plain = { url: server.url.replace('https', 'http'), ca_file: undefined }
    await expect(ask(plain)).rejects.toMatchObject({
      kind: 'backend_unreachable',
      detail: 'TLS is spoken there: its address needs https',
    })
  })
})
