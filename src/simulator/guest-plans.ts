import type { NonEmpty } from '../kernel/kind.ts'
import type { WorkloadKind } from './workloads.ts'

/** What a virtual machine is like. Memory and disk in whole GiB. */
export interface Flavor {
  readonly id: string
  readonly name: string
  readonly vcpus: number
  readonly memoryGib: number
  readonly diskGib: number
}

/** The flavours that every cluster with virtual machines offers. */
export const FLAVORS = {
  small: { id: '2', name: 'm1.small', vcpus: 2, memoryGib: 4, diskGib: 20 },
  large: { id: '4', name: 'm1.large', vcpus: 8, memoryGib: 16, diskGib: 80 },
  compute: { id: '11', name: 'c2.4xlarge', vcpus: 16, memoryGib: 32, diskGib: 100 },
  memory: { id: '12', name: 'r2.2xlarge', vcpus: 8, memoryGib: 64, diskGib: 100 },
} as const satisfies Readonly<Record<string, Flavor>>

/** Whose virtual machines there are. */
export interface Project {
  readonly id: string
  readonly name: string
}

/** The projects that own virtual machines. */
export const PROJECTS = {
  web: { id: '4f1d2c7be0a94f0db0c53a4f6d8e7a11', name: 'web-portal' },
  data: { id: '8a0c5e3d71b648f29f3ed2c6b7a90522', name: 'data-platform' },
  research: { id: 'c3b7a9f05d2e4e1c8b6a1f0e9d7c4b33', name: 'ai-research' },
} as const satisfies Readonly<Record<string, Project>>

/**
 * One virtual machine of a hypervisor. `use`: the timetable by which it runs and works; where that has nobody, the
 * machine is shut off. `off`: it is never started.
 */
export interface GuestPlan {
  readonly name: string
  readonly flavor: keyof typeof FLAVORS
  readonly project: keyof typeof PROJECTS
  readonly use: Extract<WorkloadKind, 'serving' | 'batch' | 'interactive' | 'reserved'> | 'off'
}

/** Two hypervisors' worth of machines: busy, idle, at work by day only, and one that is shut off. */
export const DEMO_GUESTS: NonEmpty<readonly GuestPlan[]> = [
  [
    { name: 'portal-web-1', flavor: 'large', project: 'web', use: 'serving' },
    { name: 'portal-db-1', flavor: 'memory', project: 'web', use: 'serving' },
    { name: 'etl-runner-1', flavor: 'compute', project: 'data', use: 'batch' },
    { name: 'bastion', flavor: 'small', project: 'research', use: 'reserved' },
    { name: 'portal-old', flavor: 'small', project: 'web', use: 'off' },
  ],
  [
    { name: 'portal-web-2', flavor: 'large', project: 'web', use: 'serving' },
    { name: 'warehouse-1', flavor: 'memory', project: 'data', use: 'serving' },
    { name: 'desktop-hana', flavor: 'large', project: 'research', use: 'interactive' },
    { name: 'desktop-minji', flavor: 'compute', project: 'research', use: 'interactive' },
  ],
]
