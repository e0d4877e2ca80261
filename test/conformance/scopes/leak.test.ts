import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compose, type Composed } from '../../../src/compose.ts'
import { readConfig } from '../../../src/config.ts'
import { requireReal, startPrometheus, type RealPrometheus } from '../../support/real-prometheus.ts'
import { leakWorld, MARKERS } from '../../support/leak-world.ts'
import { cheapHash } from '../../support/users.ts'
import { openEvents, openSocket } from '../../support/stream-clients.ts'
import { CASES, type Asked } from './cases.ts'

/*
 * What somebody may not see is another world: other clusters, and in their own cluster other namespaces, nodes, devices
 * and figures. They get the same bytes in both, whatever they ask. Two real Prometheus hold the worlds.
 */

const PASSWORD = 'correct horse'
const OWNER = { name: 'tester', password: 'correct horse' }
const PEOPLE = [
  { name: 'shopkeeper', role: 'operator', scope: [{ cluster: 'alpha', namespaces: ['own-shop'] }] },
  { name: 'keeper', role: 'operator', scope: [{ cluster: 'alpha' }] },
  { name: 'nobody', role: 'operator', scope: [{ cluster: 'elsewhere-entirely' }] },
] as const
type Person = (typeof PEOPLE)[number]['name'] | 'tester'

/** Which world a cluster is: `hidden` is one that only the owner sees. */
const SERVERS = {
  one: { alpha: 'first', hidden: 'second' },
  /** Everything that the shopkeeper does not see is another. */
  others: { alpha: 'second', elsewhere: 'first' },
  /** Everything that the keeper of the cluster does not see is another. */
  away: { alpha: 'first', elsewhere: 'first' },
} as const
type Server = keyof typeof SERVERS

interface Reply {
  readonly status: number
  readonly body: string
}

let worlds: Readonly<Record<'first' | 'second', RealPrometheus>>
let servers: Readonly<Record<Server, Composed>>
let usersFile: string
let directory: string
const at = Math.floor(Date.now() / 1000)

async function serve(name: Server): Promise<Composed> {
  const clusters = Object.entries(SERVERS[name]).map(([cluster, world]) => ({
    name: cluster,
    url: worlds[world].url,
  }))
  const config = readConfig(
    {
      API_AUTH_USERNAME: OWNER.name,
      API_AUTH_PASSWORD: OWNER.password,
      PROMETHEUS_CLUSTERS: JSON.stringify(clusters),
      USERS_FILE: usersFile,
      LOG_LEVEL: 'silent',
      HEALTH_CHECK_INTERVAL: '0',
      STATE_PATH: ':memory:',
      RATE_LIMIT_ENABLED: 'false',
    },
    { demo: false },
  )
  return compose(config)
}

const haveReal = requireReal('prometheus', 'prometheus') && requireReal('promtool', 'prometheus')

beforeAll(async () => {
  if (!haveReal) return
  directory = mkdtempSync(join(tmpdir(), 'leak-'))
  usersFile = join(directory, 'users.json')
  const hash = cheapHash(PASSWORD)
  writeFileSync(usersFile, JSON.stringify(PEOPLE.map((person) => ({ ...person, hash }))))
  const window = { start: at - 7200, end: at + 1800 }
  const [first, second] = await Promise.all(
    (['first', 'second'] as const).map((which) =>
      startPrometheus({ openMetrics: leakWorld(which, window) }),
    ),
  )
  if (first === undefined || second === undefined) throw new Error('no worlds')
  worlds = { first, second }
  const [one, others, away] = await Promise.all([serve('one'), serve('others'), serve('away')])
  servers = { one, others, away }
  await Promise.all(Object.values(servers).map(({ server }) => server.ready()))
  // What is remembered of names that are no node's is there from the start.
  for (const name of ['one', 'others', 'away'] as const)
    await ask(name, 'tester', 'GET /api/v1/monitoring/power', {})
}, 120_000)

afterAll(async () => {
  if (!haveReal) return
  await Promise.all(Object.values(servers).map((server) => server.close()))
  await Promise.all(Object.values(worlds).map((world) => world.stop()))
  rmSync(directory, { recursive: true })
})

const NOW = /NOW(-\d+)?/g

async function ask(
  server: Server,
  person: Person,
  operation: string,
  asked: Asked,
): Promise<Reply> {
  const [method = 'GET', path = ''] = operation.split(' ')
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(asked.params?.[name] ?? name),
  )
  const timed = (text: string): string =>
    text.replace(NOW, (_, less?: string) => String(at + Number(less ?? 0)))
  const query = asked.query === undefined ? '' : `?${timed(asked.query)}`
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const reply = await servers[server].server.inject({
    method: method as 'GET',
    url: filled + query,
    headers: {
      authorization: basic(person),
      ...(asked.form === true && form),
    },
    ...(asked.body !== undefined &&
      method !== 'GET' && {
        payload: asked.form === true ? timed(asked.body as string) : (asked.body as object),
      }),
  })
  return {
    status: reply.statusCode,
    body: told(reply.rawPayload, String(reply.headers['content-type'])),
  }
}

/** What differs between two equal answers: ids, times, how long it took, and the order of warnings. */
function told(bytes: Buffer, type: string): string {
  if (!/json|text|csv/.test(type))
    return `${type} of about ${Math.round(bytes.length / 100)}00 bytes`
  const text = bytes.toString()
  return (type.includes('json') && !type.includes('ndjson') ? inOrder(text) : text)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?/g, 'TIME')
    .replace(/\b1[789]\d{8}(\d{3})?(\.\d+)?\b/g, 'TIME')
    .replace(/"(response_time_ms|uptime_seconds|cache_hit_rate_percent)":[\d.]+/g, '"$1":N')
    .replace(/"(ticket|sha256|rows_sha256)":"[^"]+"/g, '"$1":"X"')
}

function inOrder(json: string): string {
  const sorted = (key: string, value: unknown): unknown =>
    key === 'warnings' && Array.isArray(value)
      ? value.map((each) => JSON.stringify(each)).sort()
      : value
  return json === '' ? '' : JSON.stringify(JSON.parse(json), sorted)
}

/** Figures that are worked out in another order differ in their last digits. */
const rounded = (text: string): string =>
  text.replace(/-?\d+\.\d{6,}(e-?\d+)?/g, (number) => String(Number(Number(number).toPrecision(9))))

/** What a client says itself comes back in complaints. */
const withoutOwnWords = (text: string, asked: Asked): string => {
  const said = [
    ...Object.values(asked.params ?? {}),
    asked.query ?? '',
    JSON.stringify(asked.body ?? ''),
  ]
  const words = said.flatMap(
    (one) => decodeURIComponent(one).match(/[\w.-]*(?:bravo|zulu|GPU-)[\w.-]*/g) ?? [],
  )
  return words
    .sort((a, b) => b.length - a.length)
    .reduce((left, word) => left.replaceAll(word, '…'), text)
}

/** Asks one after the other: a server has only so many places for questions that wait. */
async function inTurns<Row>(rows: readonly Row[], run: (row: Row) => Promise<void>): Promise<void> {
  for (const row of rows) await run(row)
}

describe.skipIf(!haveReal)('scopes', { timeout: 120_000 }, () => {
  it('has a case for every operation of the document that is not for admins alone', () => {
    const operations = operationsOf()
    expect(operations.length).toBeGreaterThan(100)
    const names = operations.map(({ operation }) => operation)
    const open = operations.filter(({ reach }) => reach !== 'admin')
    expect(open.filter(({ operation }) => !(operation in CASES))).toEqual([])
    expect(Object.keys(CASES).filter((operation) => !names.includes(operation))).toEqual([])
  })

  it('refuses what is of the whole installation to whoever does not see all of it', async () => {
    const asked = { params: {}, body: {} }
    await inTurns(
      operationsOf().filter(({ reach }) => reach === 'admin'),
      async ({ operation }) => {
        const statuses = await Promise.all(
          (['shopkeeper', 'keeper', 'nobody'] as const).map(
            async (person) => (await ask('one', person, operation, asked)).status,
          ),
        )
        expect(statuses, operation).toEqual([403, 403, 403])
      },
    )
  })

  describe.each(Object.entries(CASES).filter(([, asked]) => asked.length > 0))(
    '%s',
    (operation, all) => {
      it('tells a viewer of a namespace nothing of others', async () => {
        await inTurns(all, async (asked) => {
          const [one, other] = await Promise.all([
            ask('one', 'shopkeeper', operation, asked),
            ask('others', 'shopkeeper', operation, asked),
          ])
          const where = `${operation} ${JSON.stringify(asked)}`
          expect([one.status, rounded(one.body)], where).toEqual([
            other.status,
            rounded(other.body),
          ])
          expect(withoutOwnWords(one.body, asked), where).not.toMatch(MARKERS)
          expect(one.status, `${where} ${one.body}`).toBeLessThan(500)
        })
      })

      it('tells a viewer of a cluster nothing of others', async () => {
        // The first forms of each: with no cluster, with each that there is, and with one that there is not.
        await inTurns(all.slice(0, 5), async (asked) => {
          const [one, other] = await Promise.all([
            ask('one', 'keeper', operation, asked),
            ask('away', 'keeper', operation, asked),
          ])
          const where = `${operation} ${JSON.stringify(asked)}`
          expect([one.status, rounded(one.body)], where).toEqual([
            other.status,
            rounded(other.body),
          ])
          expect(withoutOwnWords(one.body, asked), where).not.toMatch(/zulu/)
        })
      })
    },
  )

  describe('a viewer of a namespace', () => {
    const dataOf = async (person: Person, operation: string, query: string): Promise<any> => {
      const { status, body } = await ask('one', person, operation, { query })
      expect(status, body).toBe(200)
      return (JSON.parse(rounded(body)) as { data: unknown }).data
    }

    it.each([
      ['GET /api/v1/infrastructure/pods', 'sort=pod'],
      ['GET /api/v1/infrastructure/pods', 'sort=-power_watts'],
      ['GET /api/v1/infrastructure/pods/summary', ''],
      ['GET /api/v1/infrastructure/containers', ''],
    ])('%s?%s answers as the filter of one who sees everything', async (operation, query) => {
      const own = await dataOf('shopkeeper', operation, query)
      const filter = `${query}&cluster=alpha&namespace=own-shop`.replace(/^&/, '')
      expect(own).toEqual(await dataOf('tester', operation, filter))
      expect(JSON.stringify(own)).toContain('own-web-0')
    })

    it.each(['separate', 'proportional', 'reserved'])(
      'has the shares of power that everybody has, where idle power is %s',
      async (idle) => {
        const by = `by=pod&idle=${idle}`
        const operation = 'GET /api/v1/monitoring/power/breakdown'
        const own = await dataOf('shopkeeper', operation, by)
        const all = await dataOf('tester', operation, `${by}&cluster=alpha`)
        const rowsIn = (rows: { key: { namespace?: string }; power_watts: number }[]) =>
          rows
            .filter(({ key }) => key.namespace === 'own-shop')
            .map(({ key, power_watts: watts }) => [key, watts])
        expect(rowsIn(own.rows)).toEqual(rowsIn(all.rows))
        expect(rowsIn(own.rows)).toHaveLength(2)
        const sum = rowsIn(own.rows).reduce((total, [, watts]) => total + Number(watts), 0)
        expect(own.total_power_watts).toBeCloseTo(sum, 6)
        expect(own.coverage).toBeNull()
      },
    )

    it('has the sum of its own workloads as the power of everything', async () => {
      const own = await dataOf('shopkeeper', 'GET /api/v1/power/current', '')
      const all = await dataOf(
        'tester',
        'GET /api/v1/power/current',
        'namespace=own-shop&cluster=alpha',
      )
      const { coverage: _, namespace: __, ...expected } = all
      expect(own).toMatchObject(expected)
      expect(own.power_watts).toBeGreaterThan(200)
      const { total_power_watts: total } = await dataOf(
        'shopkeeper',
        'GET /api/v1/monitoring/power',
        '',
      )
      expect(total).toBeCloseTo(own.power_watts, 6)
    })

    it('is refused what shows whole clusters, whatever there is', async () => {
      for (const node of ['node-1', 'node-bravo', 'nowhere']) {
        const { status, body } = await ask(
          'one',
          'shopkeeper',
          'GET /api/v1/infrastructure/nodes/{node}',
          {
            params: { node },
          },
        )
        expect([status, body]).toEqual([
          403,
          expect.stringContaining('a grant for all of a cluster'),
        ])
      }
    })

    it('has files with rows of its own, written at leisure', async () => {
      const operation = 'GET /api/v1/export/power'
      const query = 'period=10m&step=1m&format=csv&by=pod'
      const { status, body } = await ask('one', 'shopkeeper', operation, { query })
      expect([status, body.split('\n').length > 10, body.includes('own-web-0')], body).toEqual([
        200,
        true,
        true,
      ])
      expect(body).not.toMatch(MARKERS)
    })

    it('has what its jobs made, and nobody else has', async () => {
      const submit = await servers.one.server.inject({
        url: '/api/v1/export/power?period=10m&step=1m&format=csv&by=pod',
        headers: { authorization: basic('shopkeeper'), prefer: 'respond-async' },
      })
      expect(submit.statusCode, submit.body).toBe(202)
      const { id } = submit.json<{ data: { id: string } }>().data
      const jobOf = (person: Person) =>
        ask('one', person, 'GET /api/v1/export/jobs/{id}', { params: { id } })
      await expect
        .poll(async () => (await jobOf('shopkeeper')).body, { timeout: 20_000 })
        .toMatch('"state":"done"')
      const file = await ask('one', 'shopkeeper', 'GET /api/v1/export/jobs/{id}/file', {
        params: { id },
      })
      expect(file.body).not.toMatch(MARKERS)
      expect((await jobOf('keeper')).status).toBe(404)
      expect((await jobOf('tester')).status).toBe(404)
    })
  })

  it('has canonical series of its own workloads, and no others', async () => {
    const query = async (text: string) => {
      const asked = { query: `query=${encodeURIComponent(text)}` }
      const { body } = await ask('one', 'shopkeeper', 'GET /prometheus/api/v1/query', asked)
      const { data } = JSON.parse(body.replaceAll('TIME', '0')) as {
        data: { result: { metric: any; value: any }[] }
      }
      return data.result
    }
    const series = await query('{cluster=~".+"}')
    expect(series.length).toBeGreaterThan(5)
    expect(new Set(series.map(({ metric }) => metric.namespace))).toEqual(new Set(['own-shop']))
    expect(await query('kcloud_power_watts')).toEqual([])
    const [total] = await query('sum(kcloud_workload_power_watts)')
    const { body } = await ask('one', 'shopkeeper', 'GET /api/v1/power/current', {})
    const { power_watts: watts } = (JSON.parse(body) as { data: { power_watts: number } }).data
    expect(Number(total?.value[1])).toBeCloseTo(watts, 3)
  })

  it('shows nothing of clusters to somebody whose clusters there are not', async () => {
    for (const operation of ['GET /api/v1/clusters', 'GET /api/v1/infrastructure/pods']) {
      const { status, body } = await ask('one', 'nobody', operation, {})
      expect([status, (JSON.parse(body) as { data: unknown }).data]).toEqual([200, []])
    }
  })

  it('shows a probe without credentials how the server is, and no cluster', async () => {
    const reply = await servers.one.server.inject({ url: '/api/v1/system/health' })
    expect(reply.json()).toMatchObject({ data: { clusters: [] } })
    expect((await servers.one.server.inject({ url: '/api/v1/system/metrics' })).statusCode).toBe(
      401,
    )
    const mine = await ask('one', 'tester', 'GET /api/v1/system/health', {})
    expect(mine.body).toMatch('"hidden"')
    expect((await ask('one', 'tester', 'GET /api/v1/system/metrics', {})).status).toBe(200)
  })

  describe.each([
    'power?interval=1',
    'power?interval=1&by=pod',
    'metrics?interval=1&metric=cpu_cores_used&entity=pod&by=pod',
  ])('the stream %s', (path) => {
    it('tells a viewer of a namespace nothing of others', async () => {
      const seen = await Promise.all(
        (['one', 'others'] as const).map(async (server) => {
          const url = await addressOf(server)
          const client = await openEvents(`${url}/api/v1/monitoring/events/${path}`, {
            authorization: basic('shopkeeper'),
          })
          const { data } = await client.next(({ type }) => type === 'snapshot')
          client.close()
          return rounded(told(Buffer.from(JSON.stringify(data)), 'application/json'))
        }),
      )
      expect(seen[0]).toBe(seen[1])
      expect(seen[0]).not.toMatch(MARKERS)
    })

    it('refuses a subscription to what may not be seen as one to what is not there', async () => {
      const url = (await addressOf('one')).replace('http', 'ws')
      const client = await openSocket(`${url}/api/v1/monitoring/stream/${path}`, {
        headers: { authorization: basic('shopkeeper') },
      })
      const asked = Object.fromEntries(new URLSearchParams(path.split('?')[1]))
      const problemOf = async (cluster: string) => {
        client.say({ type: 'subscribe', id: cluster, params: { ...asked, interval: 1, cluster } })
        const { error } = await client.next(({ type, id }) => type === 'error' && id === cluster)
        return JSON.stringify(error)
          .replaceAll(cluster, '…')
          .replace(/"request_id":"[^"]*"/, '')
      }
      expect(await problemOf('hidden')).toBe(await problemOf('nowhere'))
      client.close()
    })
  })
})

/** Every operation of the document, and what it is about. */
function operationsOf() {
  const { paths } = servers.one.server.swagger() as {
    paths: Record<string, Record<string, { 'x-reach'?: string }>>
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-reach': reach }]) => ({
      operation: `${method.toUpperCase()} ${path}`,
      reach,
    })),
  )
}

const basic = (person: Person): string =>
  `Basic ${Buffer.from(`${person}:${PASSWORD}`).toString('base64')}`

const addresses = new Map<Server, Promise<string>>()

/** Begins to listen when somebody first asks. */
function addressOf(name: Server): Promise<string> {
  const known = addresses.get(name) ?? servers[name].server.listen({ host: '127.0.0.1', port: 0 })
  addresses.set(name, known)
  return known
}
