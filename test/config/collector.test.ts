import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

const LEAST = {
  API_AUTH_USERNAME: 'monitor',
  API_AUTH_PASSWORD: 'long enough',
  PROMETHEUS_URL: 'http://prometheus:9090',
}
const read = (environment: Record<string, string>) =>
  readConfig({ ...LEAST, ...environment }, { demo: false }).collector

const mistakesOf = (environment: Record<string, string>): readonly string[] => {
  try {
    read(environment)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.mistakes.map(({ variable, detail }) => `${variable}: ${detail}`)
  }
}

describe('the configuration of the collector', () => {
  it('is off by default, whatever addresses there are', () => {
    expect(read({ REDIS_URL: 'redis://redis', INFLUXDB_URL: 'http://influxdb:8086' })).toBeNull()
  })

  it('delivers to what has an address, and to roll-ups unless they are off', () => {
    expect(read({ COLLECTOR_ENABLED: 'true' })).toMatchObject({
      intervalSeconds: 60,
      queueBytes: 256 * 2 ** 20,
      rollupDays: 400,
      redis: null,
      influx: null,
    })
    const all = {
      COLLECTOR_ENABLED: 'true',
      COLLECTOR_ROLLUPS: 'false',
      REDIS_URL: 'redis://redis:6379',
      INFLUXDB_URL: 'http://influxdb:8086',
      INFLUXDB_TOKEN: 'secret',
    }
    expect(read(all)).toMatchObject({
      rollupDays: null,
      redis: { url: 'redis://redis:6379', stream: 'kcloud:power', mostEntries: 1_000_000 },
      influx: { token: 'secret', org: 'kcloud', bucket: 'power_metrics' },
    })
  })

  it('needs somewhere to deliver to, and intervals that fit into hours', () => {
    expect(
      mistakesOf({
        COLLECTOR_ENABLED: 'true',
        COLLECTOR_ROLLUPS: 'false',
        COLLECTOR_INTERVAL: '2h',
      }),
    ).toEqual([
      'COLLECTOR_ENABLED: needs somewhere to deliver to: REDIS_URL, INFLUXDB_URL or COLLECTOR_ROLLUPS',
      'COLLECTOR_INTERVAL: must be 1h at most: roll-ups are of hours',
    ])
    expect(mistakesOf({ INFLUXDB_URL: 'http://user:secret@influxdb' })).toEqual([
      'INFLUXDB_URL: must be an http or https address, without a user name and password',
    ])
  })
})
