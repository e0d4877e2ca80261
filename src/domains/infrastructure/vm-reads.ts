import type { Read, Rows } from '../../services/workloads/index.ts'

const MACHINE = ['vm_id', 'vm_domain', 'node'] as const

/** Everything that is asked of virtual machines, beside their power. */
export const VM_READS = {
  infos: {
    entity: 'vm',
    labels: [
      ...MACHINE,
      'vm_name',
      'project_id',
      'project_name',
      'flavor',
      'flavor_id',
      'status',
      'availability_zone',
      'ip_address',
    ],
    measures: ['vm_present', 'nova_status_code'],
    shelf: 'realtime',
  },
  // Sources of power know machines that nobody else does.
  use: {
    entity: 'vm',
    labels: MACHINE,
    measures: [
      'vm_state_code',
      'cpu_cores',
      'cpu_cores_used',
      'cpu_power_watts',
      'memory_installed_mb',
      'memory_allocated_mb',
      'network_rx_mbps',
      'network_tx_mbps',
      'disk_read_mbps',
      'disk_write_mbps',
    ],
    shelf: 'realtime',
  },
  flavors: {
    entity: 'flavor',
    labels: ['flavor_id', 'flavor'],
    measures: ['flavor_present'],
    shelf: 'static',
  },
  projects: {
    entity: 'project',
    labels: ['project_id', 'project_name'],
    measures: ['project_present'],
    shelf: 'static',
  },
} as const satisfies Readonly<Record<string, Read>>

export type VmRows = Rows<keyof typeof VM_READS>
