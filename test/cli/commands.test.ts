import { spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExporters } from '../../src/cli/simulated-exporters.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { wholeServer, CREDENTIALS, type WholeServer } from '../support/whole-server.ts'

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function kcloud(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return new Promise<Ended>((done) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/kcloud.ts', ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      timeout: 60_000,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
    child.on('close', (status) => done({ status, stdout, stderr }))
  })
}

describe('kcloud', () => {
  it('shows what there is with --help, and knows its version', async () => {
    const [help, version] = await Promise.all([kcloud(['--help']), kcloud(['--version'])])
    expect(help.status).toBe(0)
    for (const command of ['serve', 'demo', 'check', 'top', 'export', 'simulate', 'completion'])
      expect(help.stdout).toContain(`\n  ${command}`)
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('ends with status 2 and a suggestion for a command that there is not', async () => {
    const { status, stderr } = await kcloud(['chek'])
    expect(status).toBe(2)
    expect(stderr).toContain('Did you mean check?')
  })

  it('ends with status 2 and every mistake of the configuration', async () => {
    const { status, stderr } = await kcloud(['check'], { PORT: 'high', LOG_LEVEL: 'loud' })
    expect(status).toBe(2)
    for (const variable of ['PORT', 'LOG_LEVEL', 'PROMETHEUS_URL', 'API_AUTH_USERNAME'])
      expect(stderr).toContain(`  ${variable}: `)
  })

  it('writes history that begins and ends as it was asked', async () => {
    const { status, stdout } = await kcloud([
      ...['simulate', 'history', '-c', 'seoul', '-s', 'ipmi', '--step', '60'],
      ...['--start', '2026-11-20T05:00:00Z', '--end', '2026-11-20T05:05:00Z'],
    ])
    expect(status).toBe(0)
    const times = [...stdout.matchAll(/^ipmi_up\{.*\} \S+ (\S+)$/gm)].map(([, time]) =>
      Number(time),
    )
    expect(times.length).toBeGreaterThan(0)
    expect(Math.min(...times)).toBeGreaterThanOrEqual(Date.parse('2026-11-20T05:00:00Z') / 1000)
    expect(Math.max(...times)).toBeLessThan(Date.parse('2026-11-20T05:05:00Z') / 1000)
    expect(stdout.endsWith('# EOF\n')).toBe(true)
  })

  it('names what the simulator does not have', async () => {
    const { status, stderr } = await kcloud(['simulate', 'config', '-c', 'nowhere'])
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'no cluster nowhere\n' })
  })

  it('completes commands and options in each shell', async () => {
    const [bash, fish] = await Promise.all(
      ['bash', 'fish'].map((shell) => kcloud(['completion', shell])),
    )
    expect(bash?.stdout).toContain("'simulate') words='serve config exposition history --help'")
    expect(fish?.stdout).toContain("-n '__fish_seen_subcommand_from check' -l json")
  })
})

describe('kcloud top', () => {
  let server: WholeServer
  let url: string
  beforeAll(async () => {
    server = await wholeServer([{ name: 'seoul', url: 'http://127.0.0.1:1' }])
    url = await server.listen()
  })
  afterAll(() => server.close())

  it('tells a wrong password, and where it is read from', async () => {
    const login = { API_AUTH_USERNAME: CREDENTIALS.username, KCLOUD_PASSWORD: 'wrong' }
    const { status, stderr } = await kcloud(['top', '--once', '--url', url], login)
    expect(status).toBe(1)
    expect(stderr).toContain('the user name or the password is wrong (set API_AUTH_USERNAME')
  })

  it('tells that no cluster answers', async () => {
    const login = { API_AUTH_USERNAME: CREDENTIALS.username, KCLOUD_PASSWORD: CREDENTIALS.password }
    const { status, stdout, stderr } = await kcloud(['top', '--once', '--url', url], login)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('seoul')
  })
})

describe('the simulated exporters', () => {
  const world = createWorld({ seed: 1 })
  const server = createExporters(world, () => Date.parse('2026-11-20T05:00:00Z') / 1000)
  let base: string
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((done) => server.close(done)))

  it('are found by service discovery, and answer where it says', async () => {
    const found = await fetch(`${base}/sd/seoul?honor_labels=true`)
    const groups = (await found.json()) as {
      targets: [string]
      labels: Record<string, string>
    }[]
    expect(groups.length).toBeGreaterThan(10)
    const dcgm = groups.find(({ labels }) => labels['job'] === 'nvidia-dcgm-exporter')
    const scrape = await fetch(`http://${dcgm?.targets[0]}${dcgm?.labels['__metrics_path__']}`)
    expect(scrape.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    expect(await scrape.text()).toContain('DCGM_FI_DEV_POWER_USAGE{')
  })

  it('say that there is no such cluster or exporter', async () => {
    expect((await fetch(`${base}/sd/nowhere`)).status).toBe(404)
    expect((await fetch(`${base}/seoul/nowhere/dcgm`)).status).toBe(404)
  })
})
