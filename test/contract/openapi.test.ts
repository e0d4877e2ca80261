import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { beforeAll, describe, expect, it } from 'vitest'
import { generatedFiles } from '../../scripts/generated-files.ts'

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly security?: readonly unknown[]
  readonly responses: Readonly<Record<string, unknown>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

const FILE = 'spec/openapi.json'
let text: string
let document: Document
let operations: readonly (readonly [path: string, operation: Operation])[]
beforeAll(async () => {
  text = await readFile(FILE, 'utf8')
  document = JSON.parse(text) as Document
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => [path, operation] as const),
  )
})

describe('spec/openapi.json', () => {
  it('is what the server says now; if not: npm run spec', async () => {
    expect((await generatedFiles()).get(FILE)).toBe(text)
  })

  it('is valid for the OpenAPI schema', async () => {
    const result = await new Validator().validate(text)
    expect(result).toMatchObject({ valid: true })
  })

  it('has no error for the linter', async () => {
    const require = createRequire(import.meta.url)
    const cli = require.resolve('@redocly/cli/bin/cli.js')
    const lint = promisify(execFile)(
      process.execPath,
      [cli, 'lint', '--extends=spec', '--format=json', FILE],
      { env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
    )
    const { stdout } = await lint
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0 } })
  })

  it('names every operation once, and says what it is for', () => {
    const ids = operations.map(([, { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [path, { summary, tags }] of operations)
      expect([path, summary, tags?.length]).toEqual([path, expect.stringMatching(/^.{3,}$/), 1])
  })

  it('asks for credentials everywhere but for how the system is', () => {
    for (const [path, { security, responses, tags }] of operations) {
      const open = tags?.[0] === 'system' && !/\/(whoami|api-keys|audit)/.test(path)
      expect([path, security?.length === 0]).toEqual([path, open])
      expect([path, '401' in responses]).toEqual([path, !open])
    }
  })

  it('lists no schema that nothing refers to', () => {
    for (const name of Object.keys(document.components.schemas))
      expect(text).toContain(`"#/components/schemas/${name}"`)
  })
})
