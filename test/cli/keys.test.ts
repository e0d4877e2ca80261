import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS, wholeServer, type WholeServer } from '../support/whole-server.ts'

let server: WholeServer
let url: string
beforeAll(async () => {
  server = await wholeServer([{ name: 'seoul', url: 'http://127.0.0.1:1' }])
  url = await server.listen()
})
afterAll(() => server.close())

const LOGIN = { API_AUTH_USERNAME: CREDENTIALS.username, KCLOUD_PASSWORD: CREDENTIALS.password }

function keys(args: readonly string[], environment: Readonly<Record<string, string>> = LOGIN) {
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((done) => {
    const all = ['--import', 'tsx', 'src/cli/kcloud.ts', 'keys', ...args, '--url', url]
    const env = { PATH: process.env['PATH'], ...environment }
    const child = spawn(process.execPath, all, { env, timeout: 60_000 })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
    child.on('close', (status) => done({ status, stdout, stderr }))
  })
}

describe('kcloud keys', () => {
  it('makes a key whose secret alone is on standard output, lists it without, and revokes it', async () => {
    const made = await keys(['create', 'grafana', '--scope', 'seoul/shop', '-e', '30d'])
    expect(made).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^kcm_[\w-]{43}\n$/) as string,
    })
    expect(made.stderr).toContain('shown this once')
    const key = { KCLOUD_API_KEY: made.stdout.trim() }

    const listed = await keys(['list'])
    expect(listed.stdout).toMatch(/grafana +tester +viewer +active +kcm_/)
    expect(listed.stdout).not.toContain(made.stdout.trim())
    expect((await keys(['create', 'child'], key)).stderr).toContain('a key makes no keys')

    expect((await keys(['revoke', 'grafana'])).stdout).toMatch(/^grafana \(.*\) is revoked\n$/)
    expect(await keys(['list'], key)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('the key was revoked') as string,
    })
    expect(await keys(['revoke', 'grafana'])).toMatchObject({
      status: 1,
      stderr: 'there is no key grafana\n',
    })
  }, 60_000)

  it('ends with status 2 for a scope that is none', async () => {
    expect(await keys(['create', 'x', '--scope', 'a/b/c'])).toMatchObject({ status: 2, stdout: '' })
  })
})
