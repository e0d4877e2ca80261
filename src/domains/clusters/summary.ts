import { accountPower } from '../../analysis/power/account.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import { clusterTotal } from '../../analysis/power/totals.ts'
import { combine } from '../../kernel/answer.ts'
import { GPU, kubernetesCounts, NPU } from '../../services/devices/index.ts'
import { measuresOf, readServers } from '../../services/hardware/index.ts'
import { readNodeStates, readPhases } from './kubernetes.ts'
import { readMachines } from './machines.ts'
import { allDevices, type Asked, type Needs } from './moment.ts'
import {
  acceleratorFigures,
  hardwareFigures,
  heatFigures,
  machineFigures,
  nodeFigures,
  podFigures,
  qualityFigures,
  utilizationFigures,
} from './summary-figures.ts'

/** One cluster in figures. Rejects with `not_found`, and as telemetry does when it is down. */
export async function clusterSummary(
  needs: Needs,
  { at, signal }: Omit<Asked, 'clusters'>,
  name: string,
) {
  const asked: Asked = { clusters: [name], at, signal }
  const { telemetry, fleet } = needs
  const [power, devices, kubernetes, nodes, pods, machines, servers] = await Promise.all([
    fleet.now({ ...asked, workloads: false }),
    allDevices(needs, asked),
    kubernetesCounts(telemetry, asked, [GPU, NPU]),
    readNodeStates(needs, asked),
    readPhases(needs, asked),
    readMachines(needs, asked),
    readServers(needs, asked, measuresOf(['temperature', 'power', 'fan', 'voltage', 'current'])),
  ])
  const account = accountPower(power.input)
  const whole = combine([power, devices, kubernetes.account, nodes, pods, machines, servers])
  const warnings = [...whole.warnings, ...warningsOf(account.findings)]
  const total = clusterTotal(account, name)
  return {
    data: {
      cluster: name,
      nodes: nodeFigures(power.input.nodes, nodes.states),
      pods: podFigures(pods.phases),
      accelerators: acceleratorFigures(devices.rows, kubernetes.counts),
      power: total,
      utilization: utilizationFigures(devices.rows),
      temperature: heatFigures(devices.rows, servers.rows),
      vms: machineFigures(machines.rows),
      hardware: hardwareFigures(servers.rows),
      data_quality: qualityFigures(total, devices.rows, warnings),
    },
    observedAt: at,
    clusters: whole.clusters,
    warnings,
  }
}
