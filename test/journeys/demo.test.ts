import { spawn, type ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/scraped.ts'

/** The demo as `npm run demo` starts it, on any free port. */
describe('the demo', () => {
  let child: ChildProcess
  let said = ''
  const found = (pattern: RegExp): string => pattern.exec(said)?.[1] ?? ''

  beforeAll(async () => {
    child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', '--demo'], {
      env: { ...process.env, PORT: '0', HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout?.on('data', (text: Buffer) => (said += text.toString()))
    await until(() => Promise.resolve(said.includes('/docs')))
  })
  afterAll(() => child.kill())

  it('prints its address, a password of its own and three commands that work', async () => {
    const password = found(/password +(\S+)/)
    expect(password.length).toBeGreaterThanOrEqual(12)
    const commands = [...said.matchAll(/curl (?:-u (\S+) )?'?(http[^\s']+)/g)]
    expect(commands).toHaveLength(3)
    for (const [, user, url = ''] of commands) {
      const headers = { ...(user !== undefined && { authorization: basic(user) }) }
      expect((await fetch(url.replace('localhost', '127.0.0.1'), { headers })).status).toBe(200)
    }
  })

  it('has GPUs for those with the password, and nothing for others', async () => {
    const url = `${found(/running on its simulator: (\S+)/)}/api/v1/accelerators/gpus`.replace(
      'localhost',
      '127.0.0.1',
    )
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: { authorization: basic('demo:wrong') } })).status).toBe(401)
    const authorization = basic(`${found(/user name (\S+)/)}:${found(/password +(\S+)/)}`)
    const { data, meta } = (await (await fetch(url, { headers: { authorization } })).json()) as any
    expect(data.length).toBeGreaterThan(50)
    expect(meta).toMatchObject({ simulated: true, status: 'complete' })
  })
})

const basic = (user: string): string => `Basic ${Buffer.from(user).toString('base64')}`
