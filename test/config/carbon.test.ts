import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

const LEAST = {
  API_AUTH_USERNAME: 'monitor',
  API_AUTH_PASSWORD: 'long enough',
  PROMETHEUS_URL: 'http://prometheus:9090',
}
const read = (environment: Record<string, string>) =>
  readConfig({ ...LEAST, ...environment }, { demo: false }).cost.carbon

describe('the configuration of providers of carbon intensities', () => {
  it('has none by default, and those that are told with the zones of clusters', () => {
    expect(read({})).toEqual({ electricityMaps: null, wattTime: null })
    const zones = new Map([
      ['seoul', 'KR'],
      ['*', 'DE'],
    ])
    expect(
      read({ ELECTRICITY_MAPS_KEY: 'k', ELECTRICITY_MAPS_ZONES: 'seoul=KR, *=DE' }).electricityMaps,
    ).toEqual({
      url: 'https://api.electricitymaps.com',
      key: 'k',
      zones,
      emissionFactors: 'lifecycle',
    })
  })

  it('takes no half of a provider, and no list that is none, and shows no secret', () => {
    let message = ''
    try {
      read({ ELECTRICITY_MAPS_KEY: 'secret-key', WATTTIME_REGIONS: 'BPA' })
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      message = error.message
    }
    expect(message).toContain('ELECTRICITY_MAPS_ZONES: is needed')
    expect(message).toContain('WATTTIME_REGIONS: must be a comma list of cluster=zone')
    expect(message).not.toContain('secret-key')
  })
})
