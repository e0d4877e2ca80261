import { machinesOf, type Machine, type MachineName } from '../../analysis/identity/machines.ts'
import type { Portion } from '../../analysis/power/figures.ts'
import { powerOfWorkloads, type WorkloadPower } from '../../analysis/power/workload-power.ts'
import { groupBy, keyOf } from '../../analysis/power/group.ts'
import { combine } from '../../kernel/answer.ts'
import type { NodeNames } from '../../services/fleet/index.ts'
import type { Reading } from '../../services/telemetry/index.ts'
import { heardOnly, powerNow, readAll, textIn } from '../../services/workloads/index.ts'
import type { Account, Asked, Needs } from './asked.ts'
import { VM_READS, type VmRows } from './vm-reads.ts'

/** One virtual machine with everything that is known of it. */
export interface VmFacts {
  readonly cluster: string
  readonly vm_id: string | null
  readonly domain: string | null
  readonly node: string | null
  readonly flavor: string | null
  readonly project_name: string | null
  readonly power: WorkloadPower | undefined
  readonly rows: readonly Reading[]
}

export interface VmInventory {
  readonly vms: readonly VmFacts[]
  readonly account: Account
  readonly isNode: (node: string) => boolean
}

/** Every virtual machine that a hypervisor, Nova or a source of power knows. */
export async function readVms(needs: Needs, asked: Asked): Promise<VmInventory> {
  const [read, names, power] = await Promise.all([
    readAll(needs.telemetry, asked, VM_READS),
    needs.fleet.names(asked),
    powerNow(needs, { ...asked, details: [] }, true),
  ])
  const account = combine([read.account, names, power.told])
  const rows = heardOnly(read.rows, account)
  const titles = titlesOf(rows)
  const powers = vmPowers(power.portions)
  const machines = machinesOf([...rows.infos, ...rows.use], (row) => nameIn(row, names))
  return {
    vms: machines.map((machine) => vmOf(machine, { names, titles, powers })),
    account,
    isNode: (node) => power.account.by_node.some((each) => each.node === node),
  }
}

const nameIn = (row: Reading, names: NodeNames): MachineName => ({
  cluster: row.cluster,
  id: row.labels.vm_id ?? null,
  domain: row.labels.vm_domain ?? null,
  node: nodeIn(row, names),
})

const nodeIn = ({ cluster, labels: { node } }: Reading, names: NodeNames): string | null =>
  node === undefined ? null : names.nodeName(cluster, node)

type Titles = ReadonlyMap<string, string>

function titlesIn(rows: readonly Reading[], label: 'flavor' | 'project_name'): Titles {
  const id = label === 'flavor' ? 'flavor_id' : 'project_id'
  return new Map(
    rows.flatMap(({ cluster, labels }) => {
      const title = labels[label]
      return title === undefined ? [] : [[keyOf(cluster, labels[id] ?? ''), title]]
    }),
  )
}

const titlesOf = ({ flavors, projects }: VmRows) => ({
  flavors: titlesIn(flavors, 'flavor'),
  projects: titlesIn(projects, 'project_name'),
})

interface Context {
  readonly names: NodeNames
  readonly titles: ReturnType<typeof titlesOf>
  readonly powers: VmPowers
}

function vmOf(rows: Machine<Reading>, { names, titles, powers }: Context): VmFacts {
  const [{ cluster }] = rows
  const id = textIn(rows, 'vm_id')
  const domain = textIn(rows, 'vm_domain')
  const placed = rows.find(({ labels }) => labels.node !== undefined)
  const node = placed === undefined ? null : nodeIn(placed, names)
  const title = (known: Titles, key: string | null): string | null =>
    key === null ? null : (known.get(keyOf(cluster, key)) ?? null)
  const flavorId = textIn(rows, 'flavor_id')
  return {
    cluster,
    vm_id: id,
    domain,
    node,
    flavor: textIn(rows, 'flavor') ?? title(titles.flavors, flavorId) ?? flavorId,
    project_name:
      textIn(rows, 'project_name') ?? title(titles.projects, textIn(rows, 'project_id')),
    power: powers({ cluster, id, domain, node }),
    rows,
  }
}

type VmPowers = (name: MachineName) => WorkloadPower | undefined

/** The portions of one machine: by its UUID wherever it is, by its domain on its hypervisor. */
export function isOfVm({ cluster, node, workload }: Portion, vm: MachineName): boolean {
  if (workload?.kind !== 'vm' || cluster !== vm.cluster) return false
  return areSame(workload.vm, vm.id) || (workload.vm === vm.domain && node === vm.node)
}

/** UUIDs are the same in capitals. */
const areSame = (name: string, id: string | null): boolean =>
  name.toLowerCase() === id?.toLowerCase()

function vmPowers(portions: readonly Portion[]): VmPowers {
  const own = portions.filter(({ workload }) => workload?.kind === 'vm')
  const byName = groupBy(own, ({ cluster, workload }) =>
    keyOf(cluster, workload?.kind === 'vm' ? workload.vm.toLowerCase() : ''),
  )
  return (vm) => {
    const { cluster, id, domain } = vm
    const spelled = new Set([id, domain].map((name) => name?.toLowerCase() ?? ''))
    const candidates = [...spelled].flatMap((name) => byName.get(keyOf(cluster, name)) ?? [])
    const [power] = powerOfWorkloads(
      candidates.filter((portion) => isOfVm(portion, vm)),
      () => ({ kind: 'vm', vm: id ?? domain ?? '' }),
    )
    return power
  }
}
