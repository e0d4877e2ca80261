import type { NonEmpty } from '../kernel/kind.ts'
import { KCloudError } from '../kernel/errors.ts'
import type { Cluster, Node, World } from './datacentre.ts'
import { buildDevices } from './devices.ts'
import type { GuestPlan } from './guest-plans.ts'
import { buildGuests } from './guests.ts'
import { faultsOf, strikes, type Fault } from './faults.ts'
import { hash, seedOf, uuid } from './hash.ts'
import type { Lane } from './lane.ts'
import { serviceLane, type LaneMaker } from './lanes.ts'
import { MACHINES } from './models.ts'
import { DEMO_CLUSTERS, type ClusterPlan, type NodeGroup } from './plan.ts'
import { timetablesOf } from './workloads.ts'

/** What a datacentre is made from. Equal options make equal datacentres. */
export interface WorldOptions {
  readonly seed: number
  readonly clusters?: NonEmpty<ClusterPlan>
  readonly faults?: readonly Fault[]
}

/** Builds a datacentre: by default the three clusters of the demo, without faults. */
export function createWorld({ seed, clusters, faults }: WorldOptions): World {
  return {
    seed,
    clusters: (clusters ?? DEMO_CLUSTERS).map((plan) => buildCluster(plan, seed, faults ?? [])),
  }
}

/** The cluster of a name. Throws `not_found` when there is none. */
export function clusterOf(world: World, name: string): Cluster {
  const found = world.clusters.find((cluster) => cluster.name === name)
  if (found === undefined) throw new KCloudError('not_found', { detail: `no cluster ${name}` })
  return found
}

function buildCluster(plan: ClusterPlan, worldSeed: number, script: readonly Fault[]): Cluster {
  const seed = seedOf(worldSeed, plan.name)
  const faults = script.filter(({ target }) => target.cluster === plan.name)
  const timetables = timetablesOf(worldSeed)
  const places = plan.groups.flatMap((group, order) => placesOf(group, order))
  const nodes = places.map((place, order): Node => {
    const name = nameOf(place, places)
    const maker = { timetables, clusterSeed: seed, nodeSeed: seedOf(seed, name) }
    return buildNode({ ...place, plan, name, order, faults, maker })
  })
  return { name: plan.name, seed, plan, nodes, faults }
}

/** A node of a group before it is built: the how-manieth it is, and which group that is. */
interface NodePlace {
  readonly group: NodeGroup
  readonly groupOrder: number
  readonly member: number
}

function placesOf(group: NodeGroup, groupOrder: number): readonly NodePlace[] {
  return Array.from({ length: group.count }, (_, member) => ({ group, groupOrder, member }))
}

const PREFIXES = {
  gpu: 'gpu-worker',
  npu: 'npu-worker',
  cpu: 'cpu-worker',
  hypervisor: 'hypervisor',
  control_plane: 'control-plane',
}

function nameOf(place: NodePlace, places: readonly NodePlace[]): string {
  const alike = places.filter(({ group }) => group.role === place.group.role)
  return `${PREFIXES[place.group.role]}-${alike.indexOf(place) + 1}`
}

interface NodeBlueprint extends NodePlace {
  readonly plan: ClusterPlan
  readonly name: string
  readonly order: number
  readonly faults: readonly Fault[]
  readonly maker: LaneMaker
}

function buildNode(blueprint: NodeBlueprint): Node {
  const { group, plan, name, order, faults, maker } = blueprint
  const place = { cluster: plan.name, node: name }
  const outages = faultsOf(faults, 'node_down').filter(({ target }) => strikes(target, place))
  const { devices, lanes } = buildDevices({ ...blueprint, place, outages })
  const pods = [...lanes, ...serviceLanes(blueprint)]
  const guests = buildGuests({ plans: guestPlans(blueprint), maker, nodeOrder: order })
  return {
    seed: maker.nodeSeed,
    name,
    role: group.role,
    machine: MACHINES[group.role],
    ...addressesOf(order),
    systemUuid: uuid(hash(maker.nodeSeed, 2)),
    devices,
    lanes: pods,
    guests,
    work: [...pods, ...guests.flatMap(({ lane }) => lane ?? [])],
    outages,
  }
}

function guestPlans({ group: { guests }, member }: NodeBlueprint): readonly GuestPlan[] {
  return guests === undefined ? [] : (guests[member % guests.length] ?? guests[0])
}

function addressesOf(order: number): Pick<Node, 'address' | 'podNetwork' | 'bmcAddress'> {
  const [high, low] = [Math.floor(order / 250), (order % 250) + 1]
  return {
    address: `10.0.${high}.${low}`,
    podNetwork: `10.${64 + high}.${low}`,
    bmcAddress: `10.1.${high}.${low}`,
  }
}

const HYPERVISOR_PODS = 2

function podsOn({ group, plan }: NodeBlueprint): number {
  if (group.role === 'hypervisor') return HYPERVISOR_PODS
  return group.devices === undefined ? plan.servicePods.cpu : plan.servicePods.accelerated
}

function serviceLanes(blueprint: NodeBlueprint): readonly Lane[] {
  const { group, maker } = blueprint
  const count = podsOn(blueprint)
  const budget = Math.min(4, (0.4 * MACHINES[group.role].cores) / Math.max(1, count))
  return Array.from({ length: count }, (_, order) => serviceLane(maker, order, budget))
}
