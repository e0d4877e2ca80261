// Sites whose machines are read by one era of an exporter each: names, labels and units as that era has them. A second
// number after a value is its growth a second.

/** What a node is said to draw. */
interface ToldNode {
  readonly watts: number | null
  readonly source: string | null
  readonly parts?: Readonly<Record<string, number | null>>
}

/** One cluster, and what its answers have to say. */
export interface Site {
  readonly name: string
  readonly text: string
  readonly nodes: Readonly<Record<string, ToldNode>>
  /** Watts by `namespace/pod`, or by the id of a machine; whoever else is named draws nothing. */
  readonly workloads: Readonly<Record<string, number>>
  /** Watts by `namespace/pod/container`. */
  readonly containers?: Readonly<Record<string, number>>
  /** Boards by their id, with their node. */
  readonly boards?: Readonly<Record<string, readonly [node: string, watts: number | null]>>
}

const node = (name: string, ip: string): string =>
  `kube_node_info{node="${name}",internal_ip="${ip}"} 1`

const pod = (place: string, name: string, uid: string): string => `
  kube_pod_info{namespace="ml",pod="${name}",uid="${uid}",node="${place}"} 1
  kube_pod_status_phase{namespace="ml",pod="${name}",uid="${uid}",phase="Running"} 1`

const OLD = 'source="rapl-sysfs",instance="10.0.0.3:9102",exported_instance="k-07"'

const KEPLER: Site = {
  name: 'kepler',
  text: `
    ${node('k-011', '10.0.0.1')}
    ${node('k-psu', '10.0.0.2')}
    ${node('k-07', '10.0.0.3')}
    ${node('k-05', '10.0.0.4')}
    ${pod('k-011', 'run-a', 'ua')}
    ${pod('k-011', 'run-b', 'ub')}
    ${pod('k-07', 'old-a', 'uo')}

    # 0.11: zones overlap, states, containers that know their pod by its UID, sub-systems beside the chassis.
    kepler_node_cpu_watts{zone="package",path="aggregated-package",node_name="k-011"} 200
    kepler_node_cpu_watts{zone="dram",path="d",node_name="k-011"} 30
    kepler_node_cpu_watts{zone="core",path="c",node_name="k-011"} 150
    kepler_node_cpu_watts{zone="uncore",path="u",node_name="k-011"} 20
    kepler_node_cpu_watts{zone="psys",path="p",node_name="k-011"} 260
    kepler_node_cpu_joules_total{zone="package",path="aggregated-package",node_name="k-011"} 5000 200
    kepler_platform_watts{source="redfish",node_name="k-011",bmc_id="b1",chassis_id="c1",source_id="PC1",source_name="CPU Sub-system Power",source_type="PowerControl"} 300
    kepler_platform_watts{source="redfish",node_name="k-011",bmc_id="b1",chassis_id="c1",source_id="PC0",source_name="Server Power Control",source_type="PowerControl"} 520
    kepler_pod_cpu_watts{pod_id="ua",pod_name="run-a",pod_namespace="ml",state="running",zone="package",node_name="k-011"} 80
    kepler_pod_cpu_watts{pod_id="ua",pod_name="run-a",pod_namespace="ml",state="running",zone="core",node_name="k-011"} 60
    kepler_pod_cpu_watts{pod_id="ua",pod_name="run-a",pod_namespace="ml",state="running",zone="dram",node_name="k-011"} 10
    kepler_pod_cpu_watts{pod_id="ux",pod_name="gone",pod_namespace="ml",state="terminated",zone="package",node_name="k-011"} 0
    kepler_container_cpu_watts{container_id="ca",container_name="a",runtime="crio",pod_id="ua",state="running",zone="package",node_name="k-011"} 80
    kepler_container_cpu_watts{container_id="cb",container_name="b",runtime="crio",pod_id="ub",state="running",zone="package",node_name="k-011"} 40

    # 0.11 with power supplies: what each gives.
    kepler_node_cpu_watts{zone="package",path="p",node_name="k-psu"} 90
    kepler_platform_watts{source="redfish",node_name="k-psu",bmc_id="b2",chassis_id="c1",source_id="PSU0",source_name="PSU 0",source_type="PowerSupply"} 300
    kepler_platform_watts{source="redfish",node_name="k-psu",bmc_id="b2",chassis_id="c1",source_id="PSU1",source_name="PSU 1",source_type="PowerSupply"} 310

    # 0.7: counters of idle and dynamic, packages, the index of a board in \`package\`, the sensor of the platform too.
    kepler_node_package_joules_total{${OLD},package="0",mode="idle"} 9000 60
    kepler_node_package_joules_total{${OLD},package="0",mode="dynamic"} 9000 40
    kepler_node_package_joules_total{${OLD},package="1",mode="idle"} 9000 70
    kepler_node_package_joules_total{${OLD},package="1",mode="dynamic"} 9000 30
    kepler_node_core_joules_total{${OLD},package="0",mode="dynamic"} 9000 25
    kepler_node_dram_joules_total{${OLD},package="0",mode="dynamic"} 9000 12
    kepler_node_other_joules_total{${OLD},package="",mode="dynamic"} 9000 83
    kepler_node_gpu_joules_total{source="NVML",instance="10.0.0.3:9102",exported_instance="k-07",package="0",mode="dynamic"} 9000 205
    kepler_node_gpu_joules_total{source="NVML",instance="10.0.0.3:9102",exported_instance="k-07",package="0",mode="idle"} 9000 50
    kepler_node_gpu_joules_total{source="NVML",instance="10.0.0.3:9102",exported_instance="k-07",package="1",mode="idle"} 9000 55
    kepler_node_platform_joules_total{source="acpi",instance="10.0.0.3:9102",exported_instance="k-07",package="energy1",mode="idle"} 9000 250
    kepler_node_platform_joules_total{source="acpi",instance="10.0.0.3:9102",exported_instance="k-07",package="energy1",mode="dynamic"} 9000 355
    kepler_container_package_joules_total{${OLD},container_id="o1",pod_name="old-a",container_name="c",container_namespace="ml",mode="dynamic"} 100 35
    kepler_container_package_joules_total{${OLD},container_id="o1",pod_name="old-a",container_name="c",container_namespace="ml",mode="idle"} 100 45
    kepler_container_package_joules_total{${OLD},container_id="s",pod_name="system_processes",container_name="s",container_namespace="system",mode="dynamic"} 100 15
    kepler_container_joules_total{${OLD},container_id="o1",pod_name="old-a",container_name="c",container_namespace="ml",mode="dynamic"} 100 99

    # 0.5: \`instance\` is the node, the index of a board in \`index\`, the platform by a model.
    kepler_node_package_joules_total{source="trained_power_model",instance="k-05",package="0",mode="dynamic"} 9000 50
    kepler_node_dram_joules_total{source="trained_power_model",instance="k-05",package="0",mode="dynamic"} 9000 5
    kepler_node_gpu_joules_total{source="NVML",instance="k-05",index="0",mode="dynamic"} 9000 110
    kepler_node_platform_joules_total{source="trained_power_model",instance="k-05",mode="dynamic"} 9000 210
  `,
  nodes: {
    'k-011': {
      watts: 520,
      source: 'kepler_platform',
      parts: { cpu_watts: 200, dram_watts: 30, gpu_watts: null, other_watts: 290 },
    },
    'k-psu': { watts: 610, source: 'psu_output', parts: { cpu_watts: 90, other_watts: 520 } },
    'k-07': {
      watts: 605,
      source: 'kepler_platform',
      parts: { cpu_watts: 200, dram_watts: 12, gpu_watts: 310, other_watts: 83 },
    },
    'k-05': { watts: 165, source: 'components', parts: { cpu_watts: 50, gpu_watts: 110 } },
  },
  workloads: { 'ml/run-a': 90, 'ml/run-b': 40, 'ml/old-a': 80 },
  containers: { 'ml/run-a/a': 90, 'ml/run-b/b': 40, 'ml/old-a/c': 80 },
  boards: {
    'k-07:nvidia:0': ['k-07', 255],
    'k-07:nvidia:1': ['k-07', 55],
    'k-05:nvidia:0': ['k-05', 110],
  },
}

const UUID = '5fd4f087-86f3-7a43-b711-4771313afc50'

const DEVICES: Site = {
  name: 'devices',
  text: `
    ${node('d-1', '10.1.0.1')}
    ${node('d-2', '10.1.0.2')}
    ${node('d-3', '10.1.0.3')}
    ${pod('d-1', 'train', 'ut')}
    ${pod('d-2', 'cpx-0', 'u0')}
    ${pod('d-2', 'cpx-1', 'u1')}

    # One card by dcgm-exporter under the name of its own pod, by Kepler 0.11 in capitals, by Triton, and by Kepler 0.7
    # with no more than an index.
    DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-${UUID}",modelName="NVIDIA H100",Hostname="dcgm-exporter-x",instance="10.1.0.1:9400",exported_pod="train",exported_namespace="ml",exported_container="c",pod="dcgm-exporter-x",namespace="gpu",container="dcgm-exporter"} 420
    kepler_node_gpu_watts{gpu="0",gpu_uuid="GPU-${UUID.toUpperCase()}",gpu_name="H100",vendor="nvidia",node_name="d-1"} 415
    nv_gpu_power_usage{gpu_uuid="gpu-${UUID}",instance="10.2.0.9:8002"} 411
    kepler_node_gpu_joules_total{source="NVML",instance="10.1.0.1:9102",exported_instance="d-1",package="0",mode="dynamic"} 9000 418
    kepler_node_gpu_joules_total{source="NVML",instance="10.1.0.1:9102",exported_instance="d-1",package="7",mode="dynamic"} 9000 33

    # A divided MI300X: eight parts, of which the first shows the watts of all and two are held.
    ${Array.from({ length: 8 }, (_, part) => {
      const held = part < 2 ? `,pod="cpx-${part}",namespace="ml",container="c"` : ''
      const labels = `gpu_id="${part}",gpu_partition_id="${part}",gpu_compute_partition_type="cpx",serial_number="S-9",card_model="MI300X",hostname="d-2"${held}`
      return `gpu_package_power{${labels}} ${part === 0 ? 480 : 0}`
    }).join('\n')}

    # Two chips of an index alone, at an address.
    npu_chip_info_power{id="0",instance="10.1.0.3:8082"} 71
    npu_chip_info_power{id="1",instance="10.1.0.3:8082"} 73
  `,
  nodes: {
    'd-1': { watts: null, source: null, parts: { gpu_watts: 420 } },
    'd-2': { watts: null, source: null, parts: { gpu_watts: 480 } },
    'd-3': { watts: null, source: null, parts: { npu_watts: 144 } },
  },
  workloads: { 'ml/train': 420, 'ml/cpx-0': 60, 'ml/cpx-1': 60 },
  boards: {
    [`GPU-${UUID}`]: ['d-1', 420],
    'S-9': ['d-2', 480],
    'd-3:huawei:0': ['d-3', 71],
    'd-3:huawei:1': ['d-3', 73],
  },
}

const MACHINES: Site = {
  name: 'machines',
  text: `
    # RAPL of two sockets by node_exporter: cores lie in packages, a zone read twice counts once.
    node_rapl_package_joules_total{index="0",path="/a/intel-rapl:0",instance="rapl-1:9100"} 1e6 101
    node_rapl_package_joules_total{index="0",path="/b/intel-rapl-mmio:0",instance="rapl-1:9100"} 1e6 101
    node_rapl_package_joules_total{index="1",path="/a/intel-rapl:1",instance="rapl-1:9100"} 1e6 99
    node_rapl_dram_joules_total{index="0",path="/a/d0",instance="rapl-1:9100"} 1e6 8
    node_rapl_dram_joules_total{index="1",path="/a/d1",instance="rapl-1:9100"} 1e6 7
    node_rapl_core_joules_total{index="0",path="/a/c0",instance="rapl-1:9100"} 1e6 60
    node_rapl_psys_joules_total{index="0",path="/a/p",instance="rapl-1:9100"} 1e6 290

    # The ACPI meter, beside a graphics card's chip.
    node_hwmon_power_average_watt{chip="lnxsystm:00_lnxsybus:00_acpi000d:00",sensor="power1",instance="acpi-1:9100"} 345
    node_hwmon_power_average_watt{chip="0000:03:00_0_0000:04:00_0",sensor="power1",instance="acpi-1:9100"} 41

    # The name of the documents for the DCMI reading, and sensors of all kinds under one name.
    ipmi_dcmi_power_consumption_current_watts{instance="bmc-1"} 815
    ${[
      ['Pwr Consumption', 820],
      ['CPU_Power', 250],
      ['PSU0_PIN', 410],
      ['PSU0_POUT', 390],
      ['PSU1_PIN', 420],
      ['PSU1_POUT', 400],
    ]
      .map(
        ([name, watts], id) =>
          `ipmi_power_watts{id="${id}",name="${name}",instance="bmc-1"} ${watts}`,
      )
      .join('\n')}

    # No DCMI, and no total among the sensors: the inputs of the supplies.
    ipmi_power_watts{id="1",name="PS1 Input Power",instance="bmc-2"} 220
    ipmi_power_watts{id="2",name="PS2 Input Power",instance="bmc-2"} 230
    ipmi_power_watts{id="3",name="FAN_Power",instance="bmc-2"} 35

    # A BMC that cannot measure reads 0, and its Redfish knows better.
    ipmi_dcmi_power_consumption_watts{instance="bmc-3"} 0
    idrac_power_control_consumed_watts{id="0",name="System Power Control",instance="bmc-3"} 512
    idrac_power_control_consumed_watts{id="1",name="CPU Sub-system",instance="bmc-3"} 210
    idrac_power_supply_input_watts{id="0",instance="bmc-3"} 530

    # scaphandre, with sockets and without.
    scaph_host_power_microwatts{instance="scaph-1:8080"} 150e6
    scaph_socket_power_microwatts{instance="scaph-1:8080",socket_id="0"} 60e6
    scaph_socket_power_microwatts{instance="scaph-1:8080",socket_id="1"} 50e6
    scaph_domain_power_microwatts{instance="scaph-1:8080",socket_id="0",domain_id="1",domain_name="dram"} 12e6
    scaph_domain_power_microwatts{instance="scaph-1:8080",socket_id="0",domain_id="0",domain_name="core"} 45e6
    scaph_process_power_consumption_microwatts{instance="scaph-1:8080",pid="7",exe="x",kubernetes_pod_name="web",kubernetes_pod_namespace="ml",kubernetes_node_name="scaph-1"} 5e6
    scaph_process_power_consumption_microwatts{instance="scaph-1:8080",pid="8",exe="x",kubernetes_pod_name="web",kubernetes_pod_namespace="ml",kubernetes_node_name="scaph-1"} 6e6
    scaph_host_power_microwatts{instance="scaph-2:8080"} 77e6

    # One machine by libvirt in capitals, by Nova, and by Kepler; another whose exporter tells its UUID aside.
    libvirt_domain_info_virtual_cpus{domain="instance-00000001",uuid="0B6A1F44-0000-4000-8000-00000000000A",instance="hv-1:9177"} 4
    libvirt_domain_info_cpu_time_seconds_total{domain="instance-00000001",uuid="0B6A1F44-0000-4000-8000-00000000000A",instance="hv-1:9177"} 5 0.5
    openstack_nova_server_status{id="0b6a1f44-0000-4000-8000-00000000000a",uuid="0b6a1f44-0000-4000-8000-00000000000a",name="web",hypervisor_hostname="hv-1",instance_libvirt="instance-00000001",status="ACTIVE"} 0
    kepler_vm_cpu_watts{vm_id="0b6a1f44-0000-4000-8000-00000000000a",vm_name="instance-00000001",hypervisor="kvm",state="running",zone="package",node_name="hv-1"} 30
    libvirt_domain_info_meta{domain="instance-00000002",uuid="0b6a1f44-0000-4000-8000-00000000000b",instance_name="db",flavor="m1",instance="hv-1:9178"} 1
    libvirt_domain_info_virtual_cpus{domain="instance-00000002",instance="hv-1:9178"} 2
    libvirt_domain_info_cpu_time_seconds_total{domain="instance-00000002",instance="hv-1:9178"} 5 0.4
    kepler_node_cpu_watts{zone="package",path="p",node_name="hv-1"} 100
    node_load1{instance="hv-1:9100"} 1
    node_cpu_seconds_total{mode="idle",cpu="0",instance="hv-1:9100"} 0 0.5
    node_cpu_seconds_total{mode="idle",cpu="1",instance="hv-1:9100"} 0 0.5
  `,
  nodes: {
    'rapl-1': { watts: 215, source: 'components', parts: { cpu_watts: 200, dram_watts: 15 } },
    'acpi-1': { watts: 345, source: 'acpi' },
    'bmc-1': { watts: 815, source: 'dcmi' },
    'bmc-2': { watts: 450, source: 'psu_input' },
    'bmc-3': { watts: 512, source: 'redfish' },
    'scaph-1': { watts: 122, source: 'components', parts: { cpu_watts: 110, dram_watts: 12 } },
    'scaph-2': { watts: 77, source: 'components', parts: { cpu_watts: 77, dram_watts: null } },
    'hv-1': { watts: 100, source: 'components' },
  },
  workloads: {
    'ml/web': 11,
    '0B6A1F44-0000-4000-8000-00000000000A': 30,
    // The account knows it by its domain alone: only the list of machines reads its UUID.
    'instance-00000002': 20,
  },
}

const KEPLER_ALONE: Site = {
  name: 'kepler-alone',
  text: `
    # Nobody but Kepler: its containers know their pod by the UID that its pods have.
    kepler_node_cpu_watts{zone="package",path="p",node_name="alone"} 100
    kepler_pod_cpu_watts{zone="package",pod_id="u",pod_name="a",pod_namespace="ml",state="running",node_name="alone"} 40
    kepler_container_cpu_watts{zone="package",pod_id="u",container_id="c1",container_name="main",state="running",node_name="alone"} 25
    kepler_container_cpu_watts{zone="package",pod_id="u",container_id="c2",container_name="side",state="running",node_name="alone"} 15
  `,
  nodes: { alone: { watts: 100, source: 'components' } },
  workloads: { 'ml/a': 40 },
  containers: { 'ml/a/main': 25, 'ml/a/side': 15 },
}

export const SITES: readonly Site[] = [KEPLER, DEVICES, MACHINES, KEPLER_ALONE]
