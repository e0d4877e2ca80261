import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { loadAllYaml } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { variableOf, settings, type SettingName } from '../../src/config-settings.ts'
import { readConfig } from '../../src/config.ts'

// What a real API server says of them: test/conformance/kubernetes-manifests.test.ts

const KUBERNETES = 'docs/manifests/kubernetes'
const CHART = 'docs/manifests/helm/kcloud-monitor'
const VARIABLES = Object.keys(settings.shape).map((name) => variableOf(name as SettingName))

const textOf = (...path: readonly string[]) => readFile(join(...path), 'utf8')
const environmentOf = async (...path: readonly string[]) =>
  parseEnv(await textOf(...path)) as Record<string, string>

describe('the manifests for Kubernetes', () => {
  it.each(['standalone', 'replicated'])('set what the server takes: %s', async (variant) => {
    const open = await environmentOf(KUBERNETES, variant, 'settings.env')
    const secret = await environmentOf(KUBERNETES, variant, 'secret.env.example')
    // Nobody starts it with the password of an example.
    expect(secret['API_AUTH_PASSWORD']).toBe('')
    expect(VARIABLES).toEqual(expect.arrayContaining(Object.keys({ ...open, ...secret })))
    const environment = { ...open, ...secret, API_AUTH_PASSWORD: 'long enough' }
    const { clusters } = readConfig(environment, { demo: false })
    expect(clusters.map(({ name }) => name)).toEqual(['default'])
  })

  it('name settings of the server in the values of the chart', async () => {
    const [values] = loadAllYaml(await textOf(CHART, 'values.yaml'))
    expect(VARIABLES).toEqual(expect.arrayContaining(Object.keys(values.settings)))
    const environment = { ...values.settings, API_AUTH_PASSWORD: 'long enough' }
    expect(() => readConfig(environment, { demo: false })).not.toThrow()
  })

  it('ask for life, readiness and metrics where the server tells them', async () => {
    const { paths } = JSON.parse(await textOf('spec/openapi.json')) as { readonly paths: object }
    const files = [
      join(KUBERNETES, 'base', 'deployment.yaml'),
      join(KUBERNETES, 'service-monitor', 'service-monitor.yaml'),
      join(CHART, 'templates', 'deployment.yaml'),
      join(CHART, 'templates', 'service-monitor.yaml'),
    ]
    for (const file of files) {
      const asked = [...(await textOf(file)).matchAll(/path: (\/api\S*?)[\s,]/g)]
      expect(asked.length, file).toBeGreaterThan(0)
      for (const [, path = ''] of asked) expect(paths).toHaveProperty([path])
    }
  })
})

describe('the image', () => {
  it('is built from files that its context has', async () => {
    const copied = [...(await textOf('Dockerfile')).matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
      .flatMap(([, paths = '']) => paths.split(' '))
      .toSorted()
    const allowed = [...(await textOf('.dockerignore')).matchAll(/^!(.+)$/gm)].map(
      ([, path = '']) => path,
    )
    expect(copied.length).toBeGreaterThan(5)
    expect(allowed.toSorted()).toEqual(copied)
    for (const path of copied) await expect(access(path)).resolves.toBeUndefined()
  })
})
