import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { configurationPage } from '../../scripts/configuration-page.ts'
import { settings, variableOf, type SettingName } from '../../src/config-settings.ts'

const names = Object.keys(settings.shape) as SettingName[]
const rows = configurationPage()
  .split('\n')
  .filter((line) => line.startsWith('| <a id'))
const rowOf = (variable: string) => rows.filter((line) => line.includes(`\`${variable}\` |`))

describe('docs/configuration.md', () => {
  it('is what can be set; if not: npm run spec', async () => {
    expect(await readFile('docs/configuration.md', 'utf8')).toBe(configurationPage())
  })

  it('has one row of four cells for each variable', () => {
    for (const name of names) {
      const [row = '', ...more] = rowOf(variableOf(name))
      expect(more).toEqual([])
      expect(row.match(/(?<!\\)\|/g), row).toHaveLength(5)
    }
    expect(rows).toHaveLength(names.length)
  })

  it.each([
    'API_AUTH_PASSWORD',
    'STATE_KEY',
    'WEBHOOK_SECRET',
    'INFLUXDB_TOKEN',
    'ELECTRICITY_MAPS_KEY',
    'WATTTIME_PASSWORD',
    'DATABASE_URL',
    'REDIS_URL',
    'PROMETHEUS_CLUSTERS',
  ])('marks %s as a secret', (variable) => {
    expect(rowOf(variable)[0]).toContain('**Secret.**')
  })

  it('says what is allowed in the words of the complaint', () => {
    expect(rowOf('PORT')[0]).toContain('| `8001` | a whole number from 0 to 65535 |')
    expect(rowOf('LOG_LEVEL')[0]).toContain('one of trace, debug, info')
    expect(rowOf('KEDA_TLS_KEY')[0]).toContain('the name of a file')
    expect(rowOf('KEDA_TLS_KEY')[0]).not.toContain('Secret')
    expect(rowOf('PORT')[0]).not.toContain('Secret')
  })
})
