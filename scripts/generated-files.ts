import { readFile } from 'node:fs/promises'
import { metricsPage } from '../src/catalogue/metrics-page.ts'
import { SOURCES } from '../src/catalogue/sources/index.ts'
import { compose } from '../src/compose.ts'
import { envExample } from '../src/config-settings.ts'
import { readConfig } from '../src/config.ts'
import { asyncApi } from '../src/domains/monitoring/streams/asyncapi.ts'
import { canonicalPage } from '../src/services/canonical/page.ts'
import { problemsPage } from '../src/http/problems-page.ts'
import { configurationPage } from './configuration-page.ts'

/** Every generated file as it should be: its path from the root of the repository, and its text. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['.env.example', envExample()],
    ['docs/configuration.md', configurationPage()],
    ['spec/CANONICAL_METRICS.md', canonicalPage()],
    ['spec/METRICS.md', metricsPage(SOURCES)],
    ['spec/PROBLEMS.md', problemsPage()],
    ['spec/asyncapi.json', `${JSON.stringify(asyncApi(await ownVersion()), null, 2)}\n`],
    ['spec/openapi.json', await openApi()],
  ])
}

/** The document of the whole server, as `/openapi.json` answers it. */
async function openApi(): Promise<string> {
  const config = readConfig({ LOG_LEVEL: 'silent' }, { demo: true })
  const composed = await compose(config)
  try {
    await composed.server.ready()
    return `${JSON.stringify(composed.server.swagger(), null, 2)}\n`
  } finally {
    await composed.close()
  }
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
