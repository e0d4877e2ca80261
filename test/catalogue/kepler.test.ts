import { describe, expect, it } from 'vitest'
import { known, latest } from './reading.ts'

const NODE = `
  kepler_node_cpu_watts{node_name="a",path="aggregated-package",zone="package"} 90
  kepler_node_cpu_watts{node_name="a",path="/sys/class/powercap/intel-rapl:0:0",zone="core"} 60
  kepler_node_cpu_watts{node_name="a",path="/sys/class/powercap/intel-rapl:0:1",zone="uncore"} 10
  kepler_node_cpu_watts{node_name="a",path="aggregated-dram",zone="dram"} 15
  kepler_node_cpu_watts{node_name="a",path="/sys/class/powercap/intel-rapl:1",zone="psys"} 120
  kepler_node_cpu_idle_watts{node_name="a",path="aggregated-package",zone="package"} 40
  kepler_node_cpu_joules_total{node_name="a",path="aggregated-package",zone="package"} 5000 90`

describe('Kepler 0.10 and later', () => {
  it('gives zones one by one, never their sum', async () => {
    const { rows } = await latest(
      NODE,
      ['node', 'node'],
      ['cpu_power_watts', 'dram_power_watts', 'platform_zone_power_watts', 'cpu_idle_power_watts'],
    )
    expect(rows).toEqual([
      {
        source: 'kepler',
        node: 'a',
        cpu_power_watts: 90,
        dram_power_watts: 15,
        platform_zone_power_watts: 120,
        cpu_idle_power_watts: 40,
      },
    ])
  })

  it('adds the packages of a machine that shows them one by one', async () => {
    const { rows } = await latest(
      `kepler_node_cpu_watts{node_name="a",path="/sys/class/powercap/intel-rapl:0",zone="package"} 90
       kepler_node_cpu_watts{node_name="a",path="/sys/class/powercap/intel-rapl:1",zone="package"} 80`,
      ['node', 'node'],
      ['cpu_power_watts'],
    )
    expect(rows).toEqual([{ source: 'kepler', node: 'a', cpu_power_watts: 170 }])
  })

  it('leaves out what terminated workloads drew', async () => {
    const pod = 'pod_id="u1",pod_name="train-0",pod_namespace="ml",node_name="a"'
    const { rows } = await latest(
      `kepler_pod_cpu_watts{${pod},state="running",zone="package"} 67
       kepler_pod_cpu_watts{${pod},state="running",zone="dram"} 14
       kepler_pod_cpu_watts{${pod},state="running",zone="core"} 50
       kepler_pod_cpu_watts{pod_id="u0",pod_name="gone",pod_namespace="ml",node_name="a",state="terminated",zone="package"} 0
       kepler_pod_gpu_watts{${pod},state="running",gpu="0",gpu_uuid="GPU-0"} 300
       kepler_pod_gpu_watts{${pod},state="running",gpu="1",gpu_uuid="GPU-1"} 250`,
      ['pod', 'namespace', 'pod', 'pod_uid'],
      ['cpu_power_watts', 'dram_power_watts', 'gpu_power_watts'],
    )
    expect(rows).toEqual([
      {
        source: 'kepler_pods',
        namespace: 'ml',
        pod: 'train-0',
        pod_uid: 'u1',
        cpu_power_watts: 67,
        dram_power_watts: 14,
        gpu_power_watts: 550,
      },
    ])
  })

  it("keeps the containers of pods apart by the pod's UID, having no name of it", async () => {
    const { rows } = await latest(
      `kepler_container_cpu_watts{container_id="c1",container_name="main",pod_id="u1",runtime="containerd",state="running",zone="package",node_name="a"} 30
       kepler_container_cpu_watts{container_id="c2",container_name="main",pod_id="u2",runtime="containerd",state="running",zone="package",node_name="a"} 20`,
      ['container', 'namespace', 'pod', 'container'],
      ['cpu_power_watts'],
    )
    expect(rows).toEqual([
      {
        source: 'kepler_containers',
        container: 'main',
        container_id: 'c1',
        pod_uid: 'u1',
        cpu_power_watts: 30,
      },
      {
        source: 'kepler_containers',
        container: 'main',
        container_id: 'c2',
        pod_uid: 'u2',
        cpu_power_watts: 20,
      },
    ])
  })

  it('adds the outputs of power supplies, and never the entries of power control', async () => {
    const supply = (id: string, watts: number) =>
      `kepler_platform_watts{source="redfish",node_name="a",bmc_id="b",chassis_id="1",source_id="${id}",source_name="${id}",source_type="PowerSupply"} ${watts}`
    const control = (id: string, watts: number) =>
      `kepler_platform_watts{source="redfish",node_name="b",bmc_id="b",chassis_id="1",source_id="${id}",source_name="${id}",source_type="PowerControl"} ${watts}`
    const { rows } = await latest(
      [supply('PS1', 245), supply('PS2', 240), control('System', 600), control('CPU', 90)].join(
        '\n',
      ),
      ['node', 'node'],
      ['power_watts', 'power_output_watts'],
    )
    expect(rows).toEqual([
      { source: 'kepler_platform', node: 'b', power_watts: 600 },
      { source: 'kepler_psu_output', node: 'a', power_output_watts: 485 },
    ])
  })

  it('shares its boards with dcgm-exporter, which comes first', async () => {
    const { rows } = await latest(
      `kepler_node_gpu_watts{gpu="0",gpu_uuid="GPU-0",gpu_name="H100",vendor="nvidia",node_name="a"} 301
       DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-0",Hostname="a"} 300`,
      ['gpu', 'uuid'],
      ['power_watts'],
    )
    expect(rows).toMatchObject([
      { source: 'dcgm', uuid: 'GPU-0', power_watts: 300 },
      { source: 'kepler_gpus', uuid: 'GPU-0', power_watts: 301 },
    ])
  })
})

describe('Kepler up to 0.9', () => {
  const node = (component: string, labels: string, watts: number) =>
    `kepler_node_${component}_joules_total{${labels}} 1e6 ${watts}`
  const RAPL = 'exported_instance="a",instance="10.0.0.1:9103",source="rapl-sysfs"'

  it('adds idle and dynamic, and packages, and nothing that overlaps', async () => {
    const { rows } = await latest(
      [
        node('package', `${RAPL},package="0",mode="dynamic"`, 40),
        node('package', `${RAPL},package="1",mode="dynamic"`, 30),
        node('package', `${RAPL},package="0",mode="idle"`, 20),
        node('package', `${RAPL},package="1",mode="idle"`, 10),
        node('core', `${RAPL},package="0",mode="dynamic"`, 35),
        node('dram', `${RAPL},package="0",mode="dynamic"`, 9),
        node('gpu', `${RAPL},package="0",mode="dynamic"`, 200),
        node('gpu', `${RAPL},package="1",mode="dynamic"`, 190),
        node('other', `${RAPL},package="energy1",mode="dynamic"`, 80),
        node(
          'platform',
          'exported_instance="a",source="acpi",package="energy1",mode="dynamic"',
          400,
        ),
        node('platform', 'exported_instance="a",source="acpi",package="energy1",mode="idle"', 190),
      ].join('\n'),
      ['node', 'node'],
      ['power_watts', 'cpu_power_watts', 'dram_power_watts'],
    )
    expect(rows).toEqual([
      { source: 'kepler_legacy_platform', node: 'a', power_watts: 590 },
      {
        source: 'kepler_legacy',
        node: 'a',
        cpu_power_watts: 100,
        dram_power_watts: 9,
      },
    ])
  })

  it('calls what a model says an estimate', async () => {
    const { rows } = await latest(
      `kepler_node_platform_joules_total{instance="a",source="trained_power_model",mode="dynamic"} 1e6 140
       kepler_node_package_joules_total{instance="a",source="trained_power_model",mode="dynamic"} 1e6 40`,
      ['node', 'node'],
      ['power_watts', 'power_estimate_watts', 'cpu_power_watts'],
    )
    expect(rows).toEqual([
      { source: 'kepler_legacy_model', node: 'a', power_estimate_watts: 140, cpu_power_watts: 40 },
    ])
  })

  it('attributes to containers and to pods, and not to the pseudo pods of the system', async () => {
    const container = (name: string, mode: string) =>
      `container_id="${name}-id",container_name="${name}",container_namespace="ml",pod_name="train-0",mode="${mode}",source="rapl-sysfs",command="python3"`
    const text = `
      kepler_container_package_joules_total{${container('main', 'dynamic')}} 1e6 28
      kepler_container_package_joules_total{${container('main', 'idle')}} 1e6 9
      kepler_container_package_joules_total{${container('side', 'dynamic')}} 1e6 3
      kepler_container_package_joules_total{container_id="s",container_name="system_processes",container_namespace="system",pod_name="system_processes",mode="dynamic"} 1e6 50
      kepler_container_package_joules_total{container_id="k",container_name="kernel_processes",container_namespace="kernel",pod_name="kernel_processes",mode="dynamic"} 1e6 5`
    const containers = await latest(
      text,
      ['container', 'namespace', 'pod', 'container'],
      ['cpu_power_watts'],
    )
    expect(containers.rows).toEqual([
      {
        source: 'kepler_legacy_containers',
        namespace: 'ml',
        pod: 'train-0',
        container: 'main',
        cpu_power_watts: 37,
      },
      {
        source: 'kepler_legacy_containers',
        namespace: 'ml',
        pod: 'train-0',
        container: 'side',
        cpu_power_watts: 3,
      },
    ])
    const pods = await latest(text, ['pod', 'namespace', 'pod'], ['cpu_power_watts'])
    expect(pods.rows).toEqual([
      { source: 'kepler_legacy_pods', namespace: 'ml', pod: 'train-0', cpu_power_watts: 40 },
    ])
  })
})

it('knows a node by the name that Kepler writes, not by the address that was scraped', async () => {
  const text =
    'kepler_node_package_joules_total{instance="10.0.0.1:9103",exported_instance="gpu-1",package="0",mode="dynamic",source="rapl-sysfs"} 5 1'
  expect(await known(text, ['node', 'node'])).toEqual([{ source: 'kepler_legacy', node: 'gpu-1' }])
})
