import { absent } from '../../kernel/absence.ts'
import { combine } from '../../kernel/answer.ts'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import type { WindowRequest } from '../../kernel/time-range.ts'
import { partsOfWorkload, workloadWatts } from '../../services/workloads/index.ts'
import { outcome, type Asked, type Needs } from './asked.ts'
import { goneWorkload, unlessGone } from './gone.ts'
import { theOne } from './lookup.ts'
import { isOfVm, readVms, type VmFacts } from './vm-inventory.ts'
import { placeOf, vmRow } from './vm-rows.ts'
import { VM_COLUMNS, type VmRow } from './vm-schemas.ts'
import { powerDuring, wattsOf, windowFigures } from './windows.ts'

/** Exact values that a virtual machine must have; what is left out does not matter. */
export interface VmFilter {
  readonly node?: string | undefined
  readonly project?: string | undefined
  readonly flavor?: string | undefined
  readonly status?: string | undefined
}

/** The virtual machines of a filter. Rejects with `not_found` for a node that nobody knows. */
export async function vmsFound(needs: Needs, asked: Asked, filter: VmFilter) {
  const { vms, account, isNode } = await readVms(needs, asked)
  const rows = vms.map(vmRow).filter((row) => satisfies(row, filter))
  const { node } = filter
  if (node !== undefined && !isNode(node) && !vms.some((vm) => vm.node === node))
    throw absent(account, `node ${JSON.stringify(node)}`)
  return { rows, account }
}

function satisfies(row: VmRow, { node, project, flavor, status }: VmFilter): boolean {
  const agrees = (wanted: string | undefined, ...values: readonly (string | null)[]): boolean =>
    wanted === undefined || values.includes(wanted)
  return (
    agrees(node, row.node) &&
    agrees(project, row.project_name, row.project_id) &&
    agrees(flavor, row.flavor, row.flavor_id) &&
    agrees(status, row.status)
  )
}

/** The virtual machines of the asked clusters. */
export async function listVms(
  needs: Needs,
  asked: Asked,
  { filter, page }: { readonly filter: VmFilter; readonly page: PageRequest },
) {
  const { rows, account } = await vmsFound(needs, asked, filter)
  const part = paginate(rows, page, VM_COLUMNS)
  return { ...outcome(asked, account, part.rows), page: part.page }
}

/** A virtual machine by its UUID, the name of its domain, `node:domain`, or its own name. */
export interface VmAsked extends Asked {
  readonly id: string
}

/** One virtual machine, shown in some way. Rejects with `not_found` and `ambiguous`. */
export async function oneVm<Data>(needs: Needs, asked: VmAsked, show: (facts: VmFacts) => Data) {
  const { facts, account } = await findVm(needs, asked)
  return outcome(asked, account, show(facts))
}

async function findVm(needs: Needs, { id, ...asked }: VmAsked) {
  const { vms, account } = await readVms(needs, asked)
  const facts = theOne(
    vms.filter((vm) => isCalled(vm, id)),
    account,
    {
      what: `virtual machine ${JSON.stringify(id)}`,
      nameOf: (vm) => `${vm.cluster}/${placeOf(vm).id}`,
      advice: 'use the UUID or node:domain, or name the cluster',
    },
  )
  return { facts, account }
}

function isCalled(vm: VmFacts, id: string): boolean {
  const { vm_id: uuid, domain, name, node } = placeOf(vm)
  if (uuid?.toLowerCase() === id.toLowerCase()) return true
  return [domain, name, `${node ?? ''}:${domain ?? ''}`].includes(id)
}

/** The power and energy of one virtual machine over a window: of the time in which it was there, also of one that is gone. */
export async function vmPower(
  needs: Needs,
  { window, ...asked }: VmAsked & { readonly window: WindowRequest },
) {
  const found = await unlessGone(() => findVm(needs, asked))
  if (found === null) return goneVmPower(needs, asked, window)
  const { facts, account } = found
  const { cluster, vm_id: id, domain, node, power } = facts
  const place = placeOf(facts)
  const { range, watts, told } = await powerDuring(needs, asked, {
    cluster,
    window,
    workloads: true,
    wattsIn: ({ portions }) =>
      wattsOf(portions, (portion) => isOfVm(portion, { cluster, id, domain, node })),
  })
  return outcome(asked, combine([account, told]), {
    ...place,
    ...workloadWatts(power),
    power_parts: partsOfWorkload(power),
    ...windowFigures(watts, range, { cluster, vm: place.id }),
  })
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Of a machine that is gone only the name is left by which its watts are known: its UUID, else its domain. */
async function goneVmPower(needs: Needs, asked: VmAsked, window: WindowRequest) {
  const { id } = asked
  const { cluster, node, watts, range, account } = await goneWorkload(needs, asked, {
    window,
    isOwn: ({ workload, node: host }) =>
      workload?.kind === 'vm' && [workload.vm, `${host ?? ''}:${workload.vm}`].includes(id),
    what: `virtual machine ${JSON.stringify(id)}`,
    advice: 'name the cluster',
  })
  const isUuid = UUID.test(id)
  return outcome(asked, account, {
    cluster,
    id,
    vm_id: isUuid ? id : null,
    domain: isUuid ? null : id.replace(/^.*:/, ''),
    name: null,
    node,
    ...workloadWatts(undefined),
    power_parts: partsOfWorkload(undefined),
    ...windowFigures(watts, range, { cluster, vm: id }),
  })
}
