import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realPrometheusBinaries, requireReal, startPrometheus } from '../support/real-prometheus.ts'
import { until } from '../support/scraped.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'

const ready = [
  requireReal('prometheus', 'prometheus'),
  requireReal('prometheus-node-exporter', 'prometheus-node-exporter'),
  requireReal('prometheus-libvirt-exporter', 'prometheus-libvirt-exporter'),
].every(Boolean)

// A hypervisor for libvirt's own test driver, which needs no daemon.
const domain = (name: string, uuid: string, { cpus, kib }: { cpus: number; kib: number }) => `
<domain type="test"><name>${name}</name><uuid>${uuid}</uuid>
  <memory unit="KiB">${kib}</memory><vcpu>${cpus}</vcpu><os><type>hvm</type></os></domain>`
const FIRST = '6f0c8a52-0000-4000-8000-00000000000a'
const SECOND = '6f0c8a52-0000-4000-8000-00000000000b'
const HYPERVISOR = `<node>${domain('train', FIRST, { cpus: 8, kib: 8 * 2 ** 20 })}${domain('serve', SECOND, { cpus: 4, kib: 2 ** 21 })}</node>`

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

describe.skipIf(!ready).each(realPrometheusBinaries())(
  'the real node_exporter and libvirt exporter, in $name',
  ({ path }) => {
    const children: ChildProcess[] = []
    const closers: (() => Promise<unknown>)[] = []
    let server: WholeServer
    beforeAll(async () => {
      const dir = await mkdtemp(join(tmpdir(), 'machines-'))
      closers.push(() => rm(dir, { recursive: true, force: true }))
      const hypervisor = join(dir, 'hypervisor.xml')
      await writeFile(hypervisor, HYPERVISOR)
      const [nodes, machines] = [await freePort(), await freePort()]
      const start = (program: string, port: number, flags: readonly string[]) =>
        children.push(
          spawn(program, [`--web.listen-address=127.0.0.1:${port}`, ...flags], { stdio: 'ignore' }),
        )
      start('prometheus-node-exporter', nodes, [])
      start('prometheus-libvirt-exporter', machines, [`--libvirt.uri=test:///${hypervisor}`])
      const job = (name: string, port: number) =>
        `{ job_name: ${name}, static_configs: [{ targets: ['127.0.0.1:${port}'], labels: { node: hv-1 } }] }`
      const prometheus = await startPrometheus({
        binary: path,
        config: `global: { scrape_interval: 1s }\nscrape_configs: [${job('node', nodes)}, ${job('libvirt', machines)}]\n`,
      })
      closers.push(() => prometheus.stop())
      server = await wholeServer([{ name: 'lab', url: prometheus.url }], {
        CACHE_TTL_REALTIME: '0',
        CACHE_TTL_STATIC: '0',
      })
      closers.push(() => server.close())
      await until(async () => {
        const reply = await fetch(
          `${prometheus.url}/api/v1/query?query=count(count_over_time(up[1m])>3)`,
        )
        const { data } = (await reply.json()) as any
        return Number(data.result[0]?.value[1]) === 2
      })
    })
    afterAll(async () => {
      for (const child of children) child.kill('SIGKILL')
      for (const close of closers.reverse()) await close()
    })

    it('shows the virtual machines with their processors and memory', async () => {
      await until(async () => (await server.get('/infrastructure/vms')).body.data?.length === 2)
      const { status, body } = await server.get('/infrastructure/vms')
      expect(status).toBe(200)
      expect(body.meta.status).toBe('complete')
      const rows = body.data.map((row: any) => [row.uuid ?? row.vm_id, row.node, row.power_watts])
      expect(rows.sort()).toEqual([
        [FIRST, 'hv-1', null],
        [SECOND, 'hv-1', null],
      ])
      const { body: one } = await server.get(`/infrastructure/vms/${FIRST}`)
      expect(one.data).toMatchObject({ cluster: 'lab', node: 'hv-1', vcpus: 8 })
    })

    it('shows the machine that it runs on, with all of its memory', async () => {
      const { body } = await server.get('/infrastructure/nodes/hv-1')
      expect(body.data.memory_total_mb).toBeCloseTo(totalmem() / 2 ** 20, 0)
      expect(body.data.cpu_utilization_percent).toBeGreaterThanOrEqual(0)
    })
  },
)
