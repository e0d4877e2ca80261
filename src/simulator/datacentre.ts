import type { Fault } from './faults.ts'
import type { Flavor, Project } from './guest-plans.ts'
import type { Lane } from './lane.ts'
import type { DeviceModel, Machine, Role } from './models.ts'
import type { ClusterPlan } from './plan.ts'
import type { Recurring } from './spans.ts'

/** A part of a device that one pod holds at a time: all of it, a MIG instance, a turn, or some of its cores. */
export interface Seat {
  /** Who sits there; undefined for a seat that nobody is ever given. */
  readonly lane: Lane | undefined
  /** Share of the device, 0 to 1. The shares of a device add up to at most 1. */
  readonly share: number
  readonly memoryMb: number
  /** The extended resource that it is one of, as kube-state-metrics spells it. */
  readonly resource: string
  readonly mig?: { readonly profile: string; readonly instanceId: number }
  /** The number of a turn on a card that is shared in time. */
  readonly replica?: string
  /** Cores as the vendor writes them: `0-7` for all. */
  readonly coreRange?: string
}

/** How the seats of a device relate to it. */
export type Sharing = 'whole' | 'mig' | 'sliced' | 'cores'

/** One board. */
export interface Device {
  readonly seed: number
  readonly index: number
  readonly uuid: string
  /** The bus number, two hexadecimal digits in upper case. */
  readonly pciBus: string
  readonly model: DeviceModel
  readonly sharing: Sharing
  readonly seats: readonly Seat[]
  /** When it has fallen off the bus. */
  readonly losses: readonly Recurring[]
  /** When its node is without power. */
  readonly outages: readonly Recurring[]
  /** When its driver was loaded again, besides after losses and outages. */
  readonly reloads: readonly Recurring[]
}

/** One virtual machine: always there, and running while its lane is held. */
export interface Guest {
  readonly uuid: string
  /** What libvirt calls it. */
  readonly domain: string
  readonly name: string
  readonly flavor: Flavor
  readonly project: Project
  readonly address: string
  /** What it does; undefined for one that is never started. */
  readonly lane: Lane | undefined
}

/** One server. */
export interface Node {
  readonly seed: number
  readonly name: string
  readonly role: Role
  readonly machine: Machine
  readonly address: string
  readonly podNetwork: string
  readonly bmcAddress: string
  readonly systemUuid: string
  readonly devices: readonly Device[]
  /** Every lane of pods on the node: those of its devices and those of pods without any. */
  readonly lanes: readonly Lane[]
  /** The virtual machines that it runs. */
  readonly guests: readonly Guest[]
  /** All that keeps its processors at work: pods and virtual machines. */
  readonly work: readonly Lane[]
  readonly outages: readonly Recurring[]
}

/** One cluster with its Prometheus. */
export interface Cluster {
  readonly name: string
  readonly seed: number
  readonly plan: ClusterPlan
  readonly nodes: readonly Node[]
  readonly faults: readonly Fault[]
}

/** The datacentre. Nothing in it changes: what changes with time is computed from it. */
export interface World {
  readonly seed: number
  readonly clusters: readonly Cluster[]
}
