import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { requireReal } from './real-prometheus.ts'
import { until } from './scraped.ts'
import { setDcmi, setSensor, writeBmc, type SimulatedSensor } from './simulated-bmc-files.ts'

const run = promisify(execFile)
const USERNAME = 'monitor'
const PASSWORD = 'simulated'

/** One BMC, as a test wants it. */
export interface BmcWanted {
  readonly sensors: Readonly<Record<string, SimulatedSensor>>
  /** Null for a BMC without DCMI. */
  readonly dcmiWatts: number | null
  /** Refuses the exporter: it has another password. */
  readonly refuses?: boolean
}

/** A BMC that ipmi_sim simulates, on an address of its own. */
export interface SimulatedBmc {
  readonly host: string
  /** Host and port, as the exporter wants its target. */
  readonly target: string
  set(sensor: string, value: number): Promise<void>
  setDcmi(watts: number): Promise<void>
  /** Switches the server off, as an operator would. */
  powerOff(): Promise<void>
  /** The BMC itself goes away. */
  stop(): Promise<void>
}

/** Simulated BMCs behind a real ipmi_exporter. */
export interface BmcSite {
  readonly bmcs: readonly SimulatedBmc[]
  /** A whole prometheus.yml that scrapes them. */
  readonly config: string
  stop(): Promise<void>
}

/** Whether everything is installed that this needs; says what is missing, as `requireReal` does. */
export function haveSimulatedBmcs(): boolean {
  const programs = [
    ['prometheus-ipmi-exporter', 'prometheus-ipmi-exporter'],
    ['ipmi_sim', 'openipmi'],
    ['/usr/sbin/ipmimonitoring', 'freeipmi-tools'],
    ['ipmitool', 'ipmitool'],
    ['gcc', 'gcc libopenipmi-dev'],
  ] as const
  return programs.map(([program, name]) => requireReal(program, name)).every(Boolean)
}

/** Starts them. `stop` must be called, whatever became of them. */
export async function startBmcs(wanted: readonly BmcWanted[]): Promise<BmcSite> {
  const dir = await mkdtemp(join(tmpdir(), 'simulated-bmcs-'))
  const children: ChildProcess[] = []
  try {
    const module = await compileDcmi(dir)
    const bmcs: SimulatedBmc[] = []
    for (const [index, bmc] of wanted.entries()) {
      const place = join(dir, String(index))
      await mkdir(place)
      // Whoever names BMCs by their address takes the port away: each has an address of its own.
      bmcs.push(await startBmc(bmc, { place, host: `127.77.0.${index + 1}`, module, children }))
    }
    const exporter = await startExporter(dir, children)
    return { bmcs, config: configOf(bmcs, exporter), stop: () => end(dir, children) }
  } catch (error) {
    await end(dir, children)
    throw error
  }
}

async function compileDcmi(dir: string): Promise<string> {
  const module = join(dir, 'dcmi-power.so')
  const source = join(import.meta.dirname, 'dcmi-power.c')
  await run('gcc', ['-shared', '-fPIC', '-o', module, source])
  return module
}

interface Place {
  readonly place: string
  readonly host: string
  readonly module: string
  readonly children: ChildProcess[]
}

async function startBmc(
  { sensors, dcmiWatts, refuses = false }: BmcWanted,
  { place, host, module, children }: Place,
): Promise<SimulatedBmc> {
  const port = await freeUdpPort(host)
  await writeBmc(place, {
    host,
    port,
    sensors,
    username: USERNAME,
    password: refuses ? 'another' : PASSWORD,
    dcmi: dcmiWatts === null ? null : { module, watts: dcmiWatts },
  })
  const files = ['-c', join(place, 'lan.conf'), '-f', join(place, 'bmc.emu')]
  const child = start('ipmi_sim', [...files, '-s', join(place, 'state'), '-n'], children)
  const access = ['-I', 'lanplus', '-C', '3', '-L', 'ADMINISTRATOR', '-H', host, '-p', String(port)]
  return {
    host,
    target: `${host}:${port}`,
    set: (name, value) => setSensor(place, name, { step: sensors[name]?.step ?? 1, value }),
    setDcmi: (watts) => setDcmi(place, watts),
    powerOff: async () => {
      await run('ipmitool', [...access, '-U', USERNAME, '-P', PASSWORD, 'power', 'off'])
    },
    stop: () => ended(child),
  }
}

function start(program: string, args: readonly string[], children: ChildProcess[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' })
  child.on('error', () => undefined)
  children.push(child)
  return child
}

async function startExporter(dir: string, children: ChildProcess[]): Promise<string> {
  const config = {
    modules: {
      default: {
        user: USERNAME,
        pass: PASSWORD,
        driver: 'LAN_2_0',
        // DCMI is for administrators only.
        privilege: 'admin',
        timeout: 2000,
        collectors: ['bmc', 'ipmi', 'chassis', 'dcmi', 'sel'],
        // Without it ipmi_sim seems to refuse the privilege.
        workaround_flags: ['opensesspriv'],
      },
    },
  }
  // JSON is YAML.
  await writeFile(join(dir, 'exporter.yml'), JSON.stringify(config))
  const address = `127.0.0.1:${await freeTcpPort()}`
  const child = spawn(
    'prometheus-ipmi-exporter',
    [
      `--config.file=${join(dir, 'exporter.yml')}`,
      '--freeipmi.path=/usr/sbin',
      `--web.listen-address=${address}`,
    ],
    // FreeIPMI keeps the sensors that a BMC had below HOME.
    { stdio: 'ignore', env: { ...process.env, HOME: dir } },
  )
  child.on('error', () => undefined)
  children.push(child)
  await until(async () => (await fetch(`http://${address}/metrics`).catch(() => null))?.ok === true)
  return address
}

/** As the README of ipmi_exporter sets it up. */
function configOf(bmcs: readonly SimulatedBmc[], exporter: string): string {
  return JSON.stringify({
    global: { scrape_interval: '2s', scrape_timeout: '2s' },
    scrape_configs: [
      {
        job_name: 'ipmi',
        metrics_path: '/ipmi',
        static_configs: [{ targets: bmcs.map(({ target }) => target) }],
        relabel_configs: [
          { source_labels: ['__address__'], target_label: '__param_target' },
          { source_labels: ['__param_target'], target_label: 'instance' },
          { target_label: '__address__', replacement: exporter },
        ],
      },
    ],
  })
}

async function freeUdpPort(host: string): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((done) => socket.bind(0, host, done))
  const { port } = socket.address()
  await new Promise<void>((done) => socket.close(done))
  return port
}

async function freeTcpPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

async function end(dir: string, children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(children.map(ended))
  await rm(dir, { recursive: true, force: true })
}
