import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { envExample, settings, variableOf, type SettingName } from '../../src/config-settings.ts'
import { readConfig } from '../../src/config.ts'

describe('.env.example', () => {
  it('is what can be set; if not: npm run spec', async () => {
    expect(await readFile('.env.example', 'utf8')).toBe(envExample())
  })

  it('names every variable', () => {
    for (const name of Object.keys(settings.shape))
      expect(envExample()).toMatch(new RegExp(`^#${variableOf(name as SettingName)}=`, 'm'))
  })

  it('shows the defaults as they are, and examples that would be taken', () => {
    const shown = parseEnv(envExample().replaceAll(/^#(?=[A-Z_]+=)/gm, '')) as Environment
    expect(Object.keys(shown)).toHaveLength(Object.keys(settings.shape).length)
    const least = {
      PROMETHEUS_URL: 'http://a',
      API_AUTH_USERNAME: 'a',
      API_AUTH_PASSWORD: 'long enough',
    }
    const read = (environment: Environment) =>
      readConfig({ ...environment, ...least }, { demo: false })
    const defaults = Object.entries(settings.shape)
      .filter(([, schema]) => schema.safeParse(undefined).data !== undefined)
      .map(([name]) => variableOf(name as SettingName))
    expect(read(Object.fromEntries(defaults.map((name) => [name, shown[name]])))).toEqual(read({}))
    // Files must be there to be taken.
    const { SOURCES_FILE: _sources, USERS_FILE: _users, ...others } = shown
    const { ALERT_RULES_FILE: _rules, ALERT_RECEIVERS_FILE: _receivers, ...rest } = others
    const { SMTP_CA_FILE: _authority, ...all } = rest
    expect(() => read(all)).not.toThrow()
  })
})

type Environment = Record<string, string | undefined>
