export { byCluster, byModel, figuresOf, tallyBy, type Found, type Tally } from './figures.ts'
export { readDevices } from './inventory.ts'
export { GPU, NPU, statusOf, valueOf, type DeviceKind } from './kinds.ts'
export { kubernetesCounts, type KubernetesCounts } from './kubernetes.ts'
