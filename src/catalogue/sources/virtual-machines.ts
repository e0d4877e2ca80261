import type { NonEmpty } from '../../kernel/kind.ts'
import type { Origin, SourceSpec } from '../source.ts'
import { AMOUNT, CODE, NODE_WATTS } from './ranges.ts'

const BYTES = { least: 0, most: 2 ** 50 } as const

const traffic = (metric: string): Origin<'bandwidth'> => ({
  metrics: [metric],
  unit: 'bytes_per_second',
  rate: true,
  addends: ['target_device'],
  plausible: { least: 0, most: 2 ** 43 },
})

const bytes = (metric: string): Origin<'memory'> => ({
  metrics: [metric],
  unit: 'bytes',
  plausible: BYTES,
})

/**
 * The virtual machines of a hypervisor, by libvirt. One exporter writes UUID, name, flavour and project on every
 * series; others write the domain there and the rest on `libvirt_domain_info_meta`, so rows of a machine meet by
 * node and domain.
 */
export const libvirt = {
  name: 'libvirt',
  title: 'libvirt_exporter (kumina, Tinkoff, inovex)',
  vendor: null,
  entity: 'vm',
  reference: 'kumina/libvirt_exporter 0.2.0, a live scrape; Tinkoff/libvirt-exporter README',
  freshnessSeconds: 120,
  labels: {
    vm_id: ['uuid'],
    vm_domain: ['domain'],
    vm_name: ['name', 'instance_name'],
    node: ['node', 'hypervisor', 'exported_node', 'instance'],
    project_name: ['project_name'],
    project_id: ['project_uuid', 'project_id'],
    flavor: ['flavor'],
  },
  identity: ['vm_id', 'node', 'vm_domain'],
  presence: ['vm_present', 'vm_state_code'],
  measures: {
    vm_present: {
      metrics: ['libvirt_domain_info_meta', 'libvirt_domain_info_virtual_cpus'],
      unit: 'count',
      plausible: AMOUNT,
    },
    vm_state_code: {
      metrics: ['libvirt_domain_state_code', 'libvirt_domain_info_vstate'],
      unit: 'code',
      plausible: CODE,
    },
    cpu_cores: {
      metrics: ['libvirt_domain_info_virtual_cpus'],
      unit: 'cores',
      plausible: { least: 0, most: 65_536 },
    },
    cpu_cores_used: {
      metrics: ['libvirt_domain_info_cpu_time_seconds_total'],
      unit: 'seconds_per_second',
      rate: true,
      plausible: { least: 0, most: 65_536 },
    },
    memory_installed_mb: bytes('libvirt_domain_info_maximum_memory_bytes'),
    memory_allocated_mb: bytes('libvirt_domain_info_memory_usage_bytes'),
    network_rx_mbps: traffic('libvirt_domain_interface_stats_receive_bytes_total'),
    network_tx_mbps: traffic('libvirt_domain_interface_stats_transmit_bytes_total'),
    disk_read_mbps: traffic('libvirt_domain_block_stats_read_bytes_total'),
    disk_write_mbps: traffic('libvirt_domain_block_stats_write_bytes_total'),
  },
} as const satisfies SourceSpec

const NOVA = {
  vendor: null,
  reference: 'openstack-exporter/openstack-exporter exporters/nova.go',
  freshnessSeconds: 600,
} as const

/** The machines that Nova knows, on whichever hypervisor. `instance_libvirt` is libvirt's name of the machine. */
export const novaServers = {
  ...NOVA,
  name: 'openstack',
  title: 'openstack-exporter: servers',
  entity: 'vm',
  labels: {
    vm_id: ['uuid', 'id'],
    vm_domain: ['instance_libvirt'],
    vm_name: ['name'],
    node: ['hypervisor_hostname', 'host'],
    project_id: ['tenant_id'],
    flavor_id: ['flavor_id'],
    status: ['status'],
    availability_zone: ['availability_zone'],
    ip_address: ['address_ipv4', 'address_ipv6'],
  },
  presence: ['nova_status_code'],
  measures: {
    nova_status_code: {
      metrics: ['openstack_nova_server_status'],
      unit: 'code',
      plausible: CODE,
    },
  },
} as const satisfies SourceSpec

/** What the flavours of machines are called. */
export const novaFlavors = {
  ...NOVA,
  name: 'openstack_flavors',
  title: 'openstack-exporter: flavours',
  entity: 'flavor',
  labels: { flavor_id: ['id'], flavor: ['name'] },
  presence: ['flavor_present'],
  measures: {
    flavor_present: { metrics: ['openstack_nova_flavor'], unit: 'count', plausible: AMOUNT },
  },
} as const satisfies SourceSpec

/** What the projects of machines are called. */
export const openstackProjects = {
  ...NOVA,
  name: 'openstack_projects',
  title: 'openstack-exporter: projects',
  entity: 'project',
  labels: { project_id: ['tenant_id', 'id'], project_name: ['tenant', 'name'] },
  presence: ['project_present'],
  measures: {
    project_present: {
      metrics: ['openstack_identity_project_info', 'openstack_nova_limits_vcpus_max'],
      unit: 'count',
      plausible: { least: -1, most: 2 ** 53 },
    },
  },
} as const satisfies SourceSpec

const SCAPHANDRE = {
  vendor: null,
  reference: 'hubblo-org/scaphandre docs_src/references/exporter-prometheus.md',
  freshnessSeconds: 120,
} as const

const microwatts = (metric: string, addends: NonEmpty<string>): Origin<'power'> => ({
  metrics: [metric],
  unit: 'microwatts',
  addends,
  plausible: { least: 0, most: NODE_WATTS.most * 1e6 },
})

/** A host by scaphandre: what RAPL sees, without boards, fans, disks and losses. */
export const scaphandreNodes = {
  ...SCAPHANDRE,
  name: 'scaphandre',
  title: 'scaphandre: hosts',
  entity: 'node',
  labels: { node: ['node', 'exported_node', 'kubernetes_node_name', 'instance'] },
  presence: ['platform_zone_power_watts', 'cpu_power_watts'],
  measures: {
    // All that RAPL sees of the host: what there is where no zones are told apart.
    platform_zone_power_watts: {
      metrics: ['scaph_host_power_microwatts'],
      unit: 'microwatts',
      plausible: { least: 0, most: NODE_WATTS.most * 1e6 },
    },
    cpu_power_watts: microwatts('scaph_socket_power_microwatts', ['socket_id']),
    dram_power_watts: {
      ...microwatts('scaph_domain_power_microwatts', ['socket_id', 'domain_id']),
      where: [{ label: 'domain_name', equals: 'dram' }],
    },
  },
  caution: 'What RAPL sees of a host: a lower bound, without accelerators.',
} as const satisfies SourceSpec

/** The virtual machines of a host by their processes. */
export const scaphandreVms = {
  ...SCAPHANDRE,
  name: 'scaphandre_vms',
  title: 'scaphandre: virtual machines',
  entity: 'vm',
  where: [{ label: 'vmname', noneOf: [''] }],
  labels: {
    node: ['node', 'exported_node', 'instance'],
    vm_domain: ['vmname'],
  },
  presence: ['cpu_power_watts'],
  measures: {
    cpu_power_watts: microwatts('scaph_process_power_consumption_microwatts', ['pid']),
  },
} as const satisfies SourceSpec

/** The pods of a host by their processes. */
export const scaphandrePods = {
  ...SCAPHANDRE,
  name: 'scaphandre_pods',
  title: 'scaphandre: pods',
  entity: 'pod',
  where: [{ label: 'kubernetes_pod_name', noneOf: [''] }],
  labels: { node: ['kubernetes_node_name', 'node', 'exported_node', 'instance'] },
  owners: [
    {
      namespace: 'kubernetes_pod_namespace',
      pod: 'kubernetes_pod_name',
      container: 'kubernetes_container_name',
    },
  ],
  presence: ['cpu_power_watts'],
  measures: {
    cpu_power_watts: microwatts('scaph_process_power_consumption_microwatts', ['pid']),
  },
} as const satisfies SourceSpec
