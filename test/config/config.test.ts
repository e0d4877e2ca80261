import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

const LEAST = {
  API_AUTH_USERNAME: 'monitor',
  API_AUTH_PASSWORD: 'long enough',
  PROMETHEUS_URL: 'http://prometheus:9090',
}
const read = (environment: Record<string, string>, demo = false) =>
  readConfig({ ...LEAST, ...environment }, { demo })

/** The mistakes of an environment, as `VARIABLE: what is allowed`. */
function mistakesOf(environment: Record<string, string | undefined>, demo = false): string[] {
  try {
    readConfig(environment, { demo })
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.mistakes.map(({ variable, detail }) => `${variable}: ${detail}`)
  }
}

describe('the configuration', () => {
  it('needs a cluster and credentials, and has a default for everything else', () => {
    expect(read({})).toMatchObject({
      demo: false,
      production: false,
      clusters: [{ name: 'default', url: 'http://prometheus:9090', timeoutSeconds: 30 }],
      credentials: { username: 'monitor', password: 'long enough' },
      madeCredentials: false,
      host: '127.0.0.1',
      port: 8001,
      logLevel: 'info',
      corsOrigins: ['*'],
      cacheBytes: 256 * 2 ** 20,
      ttlSeconds: { static: 3600, realtime: 30, series: 300, summary: 60 },
      requestsPerMinute: 1200,
      trustProxy: false,
      healthIntervalSeconds: 15,
      maxAnswerBytes: 256 * 2 ** 20,
      shutdownSeconds: 20,
    })
  })

  it('reports every mistake at once, by variable, without repeating secrets', () => {
    const mistakes = mistakesOf({
      PORT: '99999',
      LOG_LEVEL: 'loud',
      CACHE_MAX_BYTES: 'lots',
      CACHE_TTL_REALTIME: 'soon',
      PROMETHEUS_TIMEOUT: '0',
      RATE_LIMIT_ENABLED: 'maybe',
      RATE_LIMIT_PER_MINUTE: '-1',
      TRUST_PROXY: '10.0.0.0/99',
      CORS_ALLOW_ORIGINS: 'https://a.example/path',
      PROMETHEUS_CLUSTERS: '[{"name":"a","url":"http://u:s3cret@h"},{"name":"b","ulr":"x"}]',
      API_AUTH_USERNAME: 'a:b',
      API_AUTH_PASSWORD: 's3cret',
    })
    const variables = mistakes.map((mistake) => mistake.split(':')[0])
    expect(variables.sort()).toEqual([
      'API_AUTH_PASSWORD',
      'API_AUTH_USERNAME',
      'CACHE_MAX_BYTES',
      'CACHE_TTL_REALTIME',
      'CORS_ALLOW_ORIGINS',
      'LOG_LEVEL',
      'PORT',
      'PROMETHEUS_CLUSTERS',
      'PROMETHEUS_TIMEOUT',
      'RATE_LIMIT_ENABLED',
      'RATE_LIMIT_PER_MINUTE',
      'TRUST_PROXY',
    ])
    expect(mistakes.join()).not.toContain('s3cret')
    expect(mistakes).toContain('PORT: must be a whole number from 0 to 65535')
  })

  it('is refused without clusters, and says what helps', () => {
    const { API_AUTH_USERNAME, API_AUTH_PASSWORD } = LEAST
    expect(mistakesOf({ API_AUTH_USERNAME, API_AUTH_PASSWORD })).toEqual([
      'PROMETHEUS_URL: is needed, or PROMETHEUS_CLUSTERS for several clusters; --demo starts without any',
    ])
  })

  it('treats a variable that is set to nothing as not set', () => {
    expect(read({ PORT: '', LOG_LEVEL: ' ' })).toMatchObject({ port: 8001, logLevel: 'info' })
  })

  it('cannot be changed', () => {
    expect(Object.isFrozen(read({}))).toBe(true)
  })

  it.each([
    ['CACHE_MAX_BYTES', '1048576', 'cacheBytes', 1_048_576],
    ['CACHE_MAX_BYTES', '512kB', 'cacheBytes', 524_288],
    ['CACHE_MAX_BYTES', '1.5 GiB', 'cacheBytes', 1.5 * 2 ** 30],
    ['CACHE_MAX_BYTES', '0', 'cacheBytes', 0],
    ['SHUTDOWN_TIMEOUT', '1m30s', 'shutdownSeconds', 90],
    ['SHUTDOWN_TIMEOUT', '45', 'shutdownSeconds', 45],
    ['HEALTH_CHECK_INTERVAL', '0', 'healthIntervalSeconds', 0],
    ['RATE_LIMIT_ENABLED', 'no', 'requestsPerMinute', null],
    ['RATE_LIMIT_PER_MINUTE', '60', 'requestsPerMinute', 60],
    ['TRUST_PROXY', 'true', 'trustProxy', true],
    [
      'TRUST_PROXY',
      'loopback, 10.0.0.0/8,fd00::/8',
      'trustProxy',
      ['loopback', '10.0.0.0/8', 'fd00::/8'],
    ],
    [
      'CORS_ALLOW_ORIGINS',
      'https://a.example, http://b.example:3000',
      'corsOrigins',
      ['https://a.example', 'http://b.example:3000'],
    ],
  ] as const)('reads %s=%s', (variable, text, field, value) => {
    expect(read({ [variable]: text })[field]).toEqual(value)
  })

  it('keeps nothing where a life is 0', () => {
    expect(read({ CACHE_TTL_STATIC: '0', CACHE_TTL_SUMMARY: '0s' }).ttlSeconds).toEqual({
      static: 0,
      realtime: 30,
      series: 300,
      summary: 0,
    })
  })
})

describe('clusters', () => {
  it('are a list with defaults, and the single address is one more, called default', () => {
    const { clusters } = read({
      PROMETHEUS_TIMEOUT: '5s',
      PROMETHEUS_CLUSTERS: JSON.stringify([
        { name: 'seoul', url: 'http://seoul:9090', region: 'kr', timeout: '10s' },
        { name: 'busan', url: 'http://busan:9090' },
      ]),
    })
    expect(clusters.map(({ name, timeoutSeconds }) => [name, timeoutSeconds])).toEqual([
      ['default', 5],
      ['seoul', 10],
      ['busan', 5],
    ])
  })

  it('are not doubled when the single address is in the list', () => {
    const { clusters } = read({
      PROMETHEUS_CLUSTERS: '[{"name":"seoul","url":"http://prometheus:9090"}]',
    })
    expect(clusters.map(({ name }) => name)).toEqual(['seoul'])
  })

  it.each([
    ['seoul', 'must be JSON: [{"name":"cluster1","url":"http://host:9090"}]'],
    ['[]', 'must name at least one cluster'],
    ['[{"name":"a","url":"ftp://a"}]', '0 url must be an http or https address'],
  ])('are refused as %s', (text, detail) => {
    const { API_AUTH_USERNAME, API_AUTH_PASSWORD } = LEAST
    expect(mistakesOf({ API_AUTH_USERNAME, API_AUTH_PASSWORD, PROMETHEUS_CLUSTERS: text })).toEqual(
      [`PROMETHEUS_CLUSTERS: ${detail}`],
    )
  })
})

describe('credentials', () => {
  it.each([
    ['admin', 'changeme', 'is well known: choose another'],
    ['admin', 'ChangeMe', 'is well known: choose another'],
    ['admin', 'admin', 'must have at least 8 characters'],
    ['monitor1', 'monitor1', 'must differ from the user name'],
  ])('%s/%s are refused', (username, password, detail) => {
    const environment = { API_AUTH_USERNAME: username, API_AUTH_PASSWORD: password }
    expect(mistakesOf({ ...LEAST, ...environment })).toEqual([`API_AUTH_PASSWORD: ${detail}`])
    expect(mistakesOf(environment, true)).toEqual([])
  })

  it('are made anew for each demo that has none', () => {
    const [one, other] = [readConfig({}, { demo: true }), readConfig({}, { demo: true })]
    expect(one).toMatchObject({ demo: true, madeCredentials: true, clusters: [], logLevel: 'warn' })
    expect(one.credentials.password).toMatch(/^[\w-]{16}$/)
    expect(one.credentials.password).not.toBe(other.credentials.password)
  })

  it('are taken by halves from nobody', () => {
    expect(mistakesOf({ API_AUTH_USERNAME: 'monitor' }, true)).toEqual([
      'API_AUTH_PASSWORD: is needed: nothing is served without credentials',
    ])
  })
})

describe('production', () => {
  it('opens to no origin by itself, and not to all', () => {
    expect(read({ NODE_ENV: 'production' })).toMatchObject({ production: true, corsOrigins: [] })
    expect(mistakesOf({ ...LEAST, NODE_ENV: 'production', CORS_ALLOW_ORIGINS: '*' })).toEqual([
      'CORS_ALLOW_ORIGINS: must list the origins in production: * is for development',
    ])
  })
})
