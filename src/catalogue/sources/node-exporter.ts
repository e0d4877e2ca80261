import type { NonEmpty } from '../../kernel/kind.ts'
import type { Condition, Origin, SourceSpec } from '../source.ts'
import { AMOUNT, JOULES, NODE_WATTS, RATED_RATIO } from './ranges.ts'

const SHARED = {
  vendor: null,
  entity: 'node',
  reference: 'prometheus/node_exporter 1.12 collector; the second names are those before 0.16',
  freshnessSeconds: 180,
} as const

const NODE = ['node', 'exported_node', 'kubernetes_node', 'instance'] as const

/** Interfaces that carry what another one carries, or what never leaves the machine. */
const PHYSICAL: Condition = {
  label: 'device',
  startsWithNoneOf: [
    'lo',
    ...['veth', 'docker', 'br', 'cni', 'flannel', 'cali', 'cilium', 'lxc', 'tun', 'tap', 'vxlan'],
    ...['geneve', 'genev_sys', 'kube', 'nodelocaldns', 'dummy', 'virbr', 'vnet', 'ifb', 'ovs'],
    ...['bond', 'team', 'vlan', 'wg', 'gre', 'sit', 'ip6', 'nerdctl', 'podman'],
  ],
}

/** Block devices that lie on others, parts of others, and none at all. */
const DISK: Condition = {
  label: 'device',
  startsWithNoneOf: ['dm-', 'md', 'loop', 'ram', 'zram', 'sr', 'fd', 'mmcblk0p', 'mmcblk1p', 'zd'],
}

/** File systems that keep data on disks of this machine. */
const ON_DISK: Condition = {
  label: 'fstype',
  oneOf: ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'jfs', 'reiserfs', 'bcachefs'],
}

const traffic = (metrics: NonEmpty<string>, where: Condition): Origin<'bandwidth'> => ({
  metrics,
  unit: 'bytes_per_second',
  rate: true,
  where: [where],
  addends: ['device'],
  plausible: { least: 0, most: 2 ** 43 },
})

/** A file system is mounted in many places, each of which shows its whole size. */
const room = (metrics: NonEmpty<string>): Origin<'memory'> => ({
  metrics,
  unit: 'bytes',
  where: [ON_DISK],
  addends: ['device'],
  plausible: { least: 0, most: 2 ** 60 },
})

const gauge = (metric: string): Origin<'count'> => ({
  metrics: [metric],
  unit: 'count',
  plausible: AMOUNT,
})

const memory = (metrics: NonEmpty<string>): Origin<'memory'> => ({
  metrics,
  unit: 'bytes',
  plausible: { least: 0, most: 2 ** 50 },
})

const IDLE: Condition = { label: 'mode', equals: 'idle' }
const CPU_TIME: NonEmpty<string> = ['node_cpu_seconds_total', 'node_cpu']

/** What the kernel of a node says of its processors, memory, disks and network. */
export const nodeExporter = {
  ...SHARED,
  name: 'node_exporter',
  title: 'node_exporter',
  labels: { node: NODE, hostname: ['nodename'], kernel_version: ['release'] },
  presence: ['load1', 'memory_installed_mb', 'kernel_info'],
  // To be scraped is to receive.
  pulses: [{ measure: 'network_rx_mbps' }],
  measures: {
    kernel_info: gauge('node_uname_info'),
    cpu_idle_percent: {
      metrics: CPU_TIME,
      unit: 'seconds_per_second',
      rate: true,
      where: [IDLE],
      addends: ['cpu'],
      combine: 'avg',
      plausible: RATED_RATIO,
    },
    cpu_cores: {
      metrics: CPU_TIME,
      unit: 'cores',
      where: [IDLE],
      addends: ['cpu'],
      combine: 'count',
      plausible: { least: 1, most: 65_536 },
    },
    load1: gauge('node_load1'),
    load5: gauge('node_load5'),
    load15: gauge('node_load15'),
    memory_installed_mb: memory(['node_memory_MemTotal_bytes', 'node_memory_MemTotal']),
    memory_available_mb: memory(['node_memory_MemAvailable_bytes', 'node_memory_MemAvailable']),
    disk_size_mb: room(['node_filesystem_size_bytes', 'node_filesystem_size']),
    disk_available_mb: room(['node_filesystem_avail_bytes', 'node_filesystem_avail']),
    network_rx_mbps: traffic(
      ['node_network_receive_bytes_total', 'node_network_receive_bytes'],
      PHYSICAL,
    ),
    network_tx_mbps: traffic(
      ['node_network_transmit_bytes_total', 'node_network_transmit_bytes'],
      PHYSICAL,
    ),
    disk_read_mbps: traffic(['node_disk_read_bytes_total', 'node_disk_bytes_read'], DISK),
    disk_write_mbps: traffic(['node_disk_written_bytes_total', 'node_disk_bytes_written'], DISK),
  },
} as const satisfies SourceSpec

const zoneWatts = (metric: string): Origin<'power'> => ({
  metrics: [metric],
  unit: 'joules_per_second',
  rate: true,
  // A zone that is also read by MMIO has two paths and one index.
  addends: ['index'],
  plausible: NODE_WATTS,
})

const zoneJoules = (metric: string): Origin<'energy'> => ({
  metrics: [metric],
  unit: 'joules',
  addends: ['index'],
  plausible: JOULES,
})

/** Components of a node by RAPL. `core` and `uncore` lie inside `package`, and are left out. */
export const nodeRapl = {
  ...SHARED,
  name: 'rapl',
  title: 'node_exporter: RAPL',
  labels: { node: NODE },
  presence: ['cpu_power_watts', 'platform_zone_power_watts'],
  pulses: [{ measure: 'cpu_energy_joules' }],
  measures: {
    cpu_power_watts: zoneWatts('node_rapl_package_joules_total'),
    dram_power_watts: zoneWatts('node_rapl_dram_joules_total'),
    platform_zone_power_watts: zoneWatts('node_rapl_psys_joules_total'),
    cpu_energy_joules: zoneJoules('node_rapl_package_joules_total'),
    dram_energy_joules: zoneJoules('node_rapl_dram_joules_total'),
  },
  caution:
    'A counter that overflows, which takes minutes to hours, looks like one that was reset: what was drawn between the samples around it is lost.',
} as const satisfies SourceSpec

/** A node's whole power by the ACPI power meter. A meter that does not work reads 0. */
export const nodeAcpi = {
  ...SHARED,
  name: 'acpi',
  title: 'node_exporter: ACPI power meter',
  labels: { node: NODE },
  presence: ['power_watts'],
  measures: {
    power_watts: {
      metrics: ['node_hwmon_power_average_watt', 'node_hwmon_power_watt'],
      unit: 'watts',
      // Other chips under these names are graphics cards and regulators.
      where: [
        {
          label: 'chip',
          startsWithOneOf: ['lnxsybus', 'lnxsystm', 'acpi', 'device:', 'power_meter'],
        },
      ],
      plausible: NODE_WATTS,
      absent: [0],
    },
  },
} as const satisfies SourceSpec
