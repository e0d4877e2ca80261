import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A sensor of a simulated BMC: a byte, times `step`. Above `critical` the BMC calls it critical. */
export interface SimulatedSensor {
  readonly kind: 'temperature' | 'fan' | 'voltage' | 'power'
  readonly step: number
  readonly critical: number
  readonly value: number
}

/** What ipmi_sim is told of a BMC. */
export interface SimulatedBmcSpec {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  readonly sensors: Readonly<Record<string, SimulatedSensor>>
  /** Null for a BMC without DCMI. */
  readonly dcmi: { readonly module: string; readonly watts: number } | null
}

/** IPMI 2.0, tables 42-3 and 43-15: sensor types and base units. */
const KINDS = {
  temperature: { type: 0x01, unit: 1 },
  voltage: { type: 0x02, unit: 4 },
  fan: { type: 0x04, unit: 18 },
  power: { type: 0x0b, unit: 6 },
} as const

/** Writes everything that ipmi_sim reads into a directory. */
export async function writeBmc(dir: string, spec: SimulatedBmcSpec): Promise<void> {
  await mkdir(join(dir, 'sensors'), { recursive: true })
  await mkdir(join(dir, 'state'))
  for (const [name, sensor] of Object.entries(spec.sensors))
    await setSensor(dir, name, { ...sensor })
  await writeFile(join(dir, 'power'), '1')
  await setDcmi(dir, spec.dcmi?.watts ?? 0)
  await writeFile(join(dir, 'chassis'), chassisScript(dir))
  await chmod(join(dir, 'chassis'), 0o755)
  await writeFile(join(dir, 'lan.conf'), lanConfig(dir, spec))
  await writeFile(join(dir, 'bmc.emu'), emulation(dir, spec))
}

/** Gives a sensor another value. */
export function setSensor(
  dir: string,
  name: string,
  { value, step }: Pick<SimulatedSensor, 'value' | 'step'>,
): Promise<void> {
  return replace(join(dir, 'sensors', fileOf(name)), String(byteOf(value, step)))
}

/** Gives the DCMI meter another value. */
export function setDcmi(dir: string, watts: number): Promise<void> {
  return replace(join(dir, 'dcmi'), String(watts))
}

/** The simulator reads at any time, so a file is whole or the old one. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, `${text}\n`)
  await rename(`${file}.new`, file)
}

const fileOf = (name: string): string => name.replaceAll(' ', '_')
const byteOf = (value: number, step: number): number => Math.round(value / step)

/** ipmi_sim calls it with `get power` and `set power 0`, and more of the same. */
const chassisScript = (dir: string): string => `#!/bin/sh
verb=$1
shift
while [ $# -gt 0 ]; do
  if [ "$verb" = set ]; then
    [ "$1" = power ] && echo "$2" > '${dir}/power'
    shift 2
  else
    value=0
    [ "$1" = power ] && value=$(cat '${dir}/power')
    echo "$1:$value"
    shift
  fi
done
`

function lanConfig(
  dir: string,
  { host, port, username, password, dcmi }: SimulatedBmcSpec,
): string {
  const methods = 'none md2 md5 straight'
  const auths = ['callback', 'user', 'operator', 'admin']
  return `name "bmc"
set_working_mc 0x20
${dcmi === null ? '' : `loadlib "${dcmi.module}" "${dir}/dcmi"`}
chassis_control "${dir}/chassis"
startlan 1
  addr ${host} ${port}
  priv_limit admin
${auths.map((level) => `  allowed_auths_${level} ${methods}`).join('\n')}
  guid ${port.toString(16).padStart(32, '0')}
endlan
user 1 true "" "" user 10 ${methods}
user 2 true "${username}" "${password}" admin 10 ${methods}
`
}

function emulation(dir: string, { sensors }: SimulatedBmcSpec): string {
  const lines = Object.entries(sensors).flatMap(([name, sensor], index) => {
    const number = index + 1
    const { type } = KINDS[sensor.kind]
    const critical = byteOf(sensor.critical, sensor.step)
    const masks = new Array<string>(4).fill('000001000000000').join(' ')
    return [
      `main_sdr_add 0x20 ${sensorRecord(name, number, sensor).join(' ')}`,
      `sensor_add 0x20 0 ${number} ${type} 1 poll 200 file "${join(dir, 'sensors', fileOf(name))}"`,
      `sensor_set_threshold 0x20 0 ${number} settable 010000 255 ${critical} 255 0 0 0`,
      `sensor_set_event_support 0x20 0 ${number} enable scanning per-state ${masks}`,
    ]
  })
  return `${[
    'mc_setbmc 0x20',
    'mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02',
    'sel_enable 0x20 1000 0x0a',
    ...lines,
    'mc_enable 0x20',
  ].join('\n')}\n`
}

/** A full sensor record (IPMI 2.0, table 43-1) of a linear sensor without sign that has an upper critical threshold. */
function sensorRecord(name: string, number: number, sensor: SimulatedSensor): readonly number[] {
  const { type, unit } = KINDS[sensor.kind]
  const { multiplier, exponent } = scaleOf(sensor.step)
  const critical = byteOf(sensor.critical, sensor.step)
  const owner = [0x20, 0, number, 7, number]
  const abilities = [0x7f, 0x68, type, 1, 0, 2, 0, 2, 0x10, 0x10]
  const units = [0, unit, 0]
  const scale = [0, multiplier & 255, (multiplier >> 8) << 6, 0, 0, 0, (exponent & 15) << 4]
  const limits = [0, 0, 0, 0, 255, 0, 255, critical, 255, 0, 0, 0, 0, 0, 0, 0, 0]
  const text = [0xc0 | name.length, ...Buffer.from(name, 'ascii')]
  const body = [...owner, ...abilities, ...units, ...scale, ...limits, ...text]
  return [0, 0, 0x51, 1, body.length, ...body]
}

/** A step as a whole number and a power of ten. */
function scaleOf(step: number): { readonly multiplier: number; readonly exponent: number } {
  const exponent = [0, -1, -2, -3].find((power) =>
    Number.isInteger(+(step / 10 ** power).toFixed(6)),
  )
  if (exponent === undefined) throw new Error(`${step} is too fine for a sensor`)
  return { multiplier: Math.round(step / 10 ** exponent), exponent }
}
