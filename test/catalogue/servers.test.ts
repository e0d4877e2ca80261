import { describe, expect, it } from 'vitest'
import { known, latest } from './reading.ts'

describe('ipmi_exporter', () => {
  const BMC = 'instance="10.9.0.1"'
  const TEXT = `
    ipmi_up{collector="ipmi",${BMC}} 1
    ipmi_up{collector="dcmi",${BMC}} 1
    ipmi_dcmi_power_consumption_watts{${BMC}} 5790
    ipmi_power_watts{id="24",name="Pwr Consumption",${BMC}} 5775
    ipmi_power_watts{id="25",name="PS1 Input Power",${BMC}} 2910
    ipmi_power_watts{id="27",name="CPU Power",${BMC}} 513
    ipmi_power_state{id="24",name="Pwr Consumption",${BMC}} 0
    ipmi_temperature_celsius{id="12",name="GPU7 Temp",${BMC}} 95
    ipmi_temperature_state{id="12",name="GPU7 Temp",${BMC}} 2
    ipmi_temperature_state{id="13",name="Spare Temp",${BMC}} NaN
    ipmi_fan_speed_rpm{id="18",name="Fan6A",${BMC}} 1080
    ipmi_fan_speed_ratio{id="19",name="Fan7A",${BMC}} 0.55
    ipmi_sensor_value{id="32",name="PS1 Status",type="Power Supply",${BMC}} NaN
    ipmi_sensor_state{id="33",name="PS2 Status",type="Power Supply",${BMC}} 2
    ipmi_chassis_power_state{${BMC}} 1
    ipmi_chassis_cooling_fault_state{${BMC}} 1
    ipmi_chassis_drive_fault_state{${BMC}} 0`

  it.each(['ipmi_dcmi_power_consumption_watts', 'ipmi_dcmi_power_consumption_current_watts'])(
    'takes the watts of a node from DCMI, by %s',
    async (name) => {
      const text = TEXT.replace('ipmi_dcmi_power_consumption_watts', name)
      const { rows } = await latest(text, ['node', 'node'], ['power_watts'])
      expect(rows).toEqual([{ source: 'dcmi', node: '10.9.0.1', power_watts: 5790 }])
    },
  )

  it('keeps sensors apart by their names, totals and parts alike', async () => {
    const { rows, warnings } = await latest(
      TEXT,
      ['bmc', 'bmc', 'sensor_name'],
      ['power_watts', 'temperature_celsius', 'fan_speed_rpm', 'fan_speed_percent', 'sensor_state'],
    )
    expect(rows).toEqual([
      // The BMC's own meter, by DCMI.
      { source: 'ipmi', bmc: '10.9.0.1', power_watts: 5790 },
      expect.objectContaining({
        sensor_name: 'Pwr Consumption',
        power_watts: 5775,
        sensor_state: 0,
      }),
      expect.objectContaining({ sensor_name: 'PS1 Input Power', power_watts: 2910 }),
      expect.objectContaining({ sensor_name: 'CPU Power', power_watts: 513 }),
      expect.objectContaining({
        sensor_name: 'GPU7 Temp',
        temperature_celsius: 95,
        sensor_state: 2,
      }),
      expect.objectContaining({ sensor_name: 'Fan6A', fan_speed_rpm: 1080 }),
      expect.objectContaining({ sensor_name: 'Fan7A', fan_speed_percent: 55 }),
      expect.objectContaining({ sensor_name: 'PS2 Status', sensor_state: 2 }),
    ])
    expect(warnings).toEqual([])
  })

  it('knows that 1 says no fault', async () => {
    const { rows } = await latest(
      TEXT,
      ['bmc', 'bmc'],
      ['chassis_power_on', 'cooling_healthy', 'drives_healthy'],
    )
    expect(rows).toEqual([
      {
        source: 'ipmi',
        bmc: '10.9.0.1',
        chassis_power_on: 1,
        cooling_healthy: 1,
        drives_healthy: 0,
      },
    ])
  })

  it('still knows a BMC that does not answer, by collectors that are down', async () => {
    const down = `
      ipmi_up{collector="bmc",${BMC}} 0
      ipmi_up{collector="dcmi",${BMC}} 0`
    expect(await known(down, ['bmc', 'bmc'])).toEqual([{ source: 'ipmi', bmc: '10.9.0.1' }])
    const { rows } = await latest(down, ['bmc', 'bmc', 'collector'], ['bmc_reachable'])
    expect(rows.map(({ bmc_reachable }) => bmc_reachable)).toEqual([0, 0])
    expect((await latest(down, ['node', 'node'], ['power_watts'])).rows).toEqual([])
  })
})

describe('idrac_exporter', () => {
  const BMC = 'instance="10.9.0.2:9348"'
  const TEXT = `
    idrac_power_control_consumed_watts{id="0",name="System Power Control",${BMC}} 5790
    idrac_power_control_consumed_watts{id="1",name="CPU Sub-system Power",${BMC}} 513
    idrac_power_supply_input_watts{id="0",${BMC}} 1482
    idrac_power_supply_input_watts{id="1",${BMC}} 1466
    idrac_power_supply_input_watts{id="2",${BMC}} 0
    idrac_power_supply_output_watts{id="0",${BMC}} 1402
    idrac_power_supply_output_watts{id="1",${BMC}} 1388
    idrac_sensors_temperature{id="0",name="Inlet",units="celsius",${BMC}} 24
    idrac_sensors_fan_speed{id="0",name="Fan1A",units="rpm",${BMC}} 9120
    idrac_sensors_fan_speed{id="1",name="Fan1B",units="percent",${BMC}} 55
    idrac_power_supply_health{id="0",status="OK",${BMC}} 0
    idrac_system_machine_info{manufacturer="Dell Inc.",model="XE9680",serial="S1",hostname="gpu-1",${BMC}} 1`

  it('has the system, what supplies draw and what they give, each by itself', async () => {
    const { rows } = await latest(TEXT, ['node', 'node'], ['power_watts', 'power_output_watts'])
    expect(rows).toEqual([
      { source: 'redfish', node: '10.9.0.2', power_watts: 5790 },
      { source: 'psu_input', node: '10.9.0.2', power_watts: 2948 },
      { source: 'psu_output', node: '10.9.0.2', power_output_watts: 2790 },
    ])
  })

  it('shows sensors in the shapes of IPMI, a fan in the unit that it says', async () => {
    const { rows } = await latest(
      TEXT,
      ['bmc', 'sensor_id', 'sensor_name', 'bmc'],
      ['temperature_celsius', 'fan_speed_rpm', 'fan_speed_percent', 'power_input_watts'],
    )
    expect(rows).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ sensor_name: 'Inlet', temperature_celsius: 24 }),
        expect.objectContaining({ sensor_name: 'Fan1A', fan_speed_rpm: 9120 }),
        expect.objectContaining({ sensor_name: 'Fan1B', fan_speed_percent: 55 }),
        expect.objectContaining({ sensor_id: '2', power_input_watts: 0 }),
      ]),
    )
  })

  it('says which host a BMC belongs to', async () => {
    const { rows } = await latest(TEXT, ['bmc', 'bmc', 'hostname', 'model'], ['bmc_info'])
    expect(rows).toEqual([
      {
        source: 'redfish_sensors',
        bmc: '10.9.0.2',
        hostname: 'gpu-1',
        model: 'XE9680',
        bmc_info: 1,
      },
    ])
  })
})

describe('node_exporter', () => {
  const NODE = 'instance="10.0.0.1:9100"'

  it('has the mean idle time of all processors, and how many there are', async () => {
    const { rows } = await latest(
      `node_cpu_seconds_total{cpu="0",mode="idle",${NODE}} 1e6 0.9
       node_cpu_seconds_total{cpu="1",mode="idle",${NODE}} 1e6 0.5
       node_cpu_seconds_total{cpu="1",mode="user",${NODE}} 1e6 0.5
       node_load1{${NODE}} 2.79
       node_memory_MemTotal_bytes{${NODE}} 26843545600
       node_memory_MemAvailable_bytes{${NODE}} 10485760000`,
      ['node', 'node'],
      ['cpu_idle_percent', 'cpu_cores', 'load1', 'memory_installed_mb', 'memory_available_mb'],
    )
    expect(rows).toEqual([
      {
        source: 'node_exporter',
        node: '10.0.0.1',
        cpu_idle_percent: 70,
        cpu_cores: 2,
        load1: 2.79,
        memory_installed_mb: 25_600,
        memory_available_mb: 10_000,
      },
    ])
  })

  it('adds disks and interfaces, and leaves out what lies on others or is none', async () => {
    const rate = (metric: string, device: string, bytes: number) =>
      `${metric}{device="${device}",${NODE}} 1e9 ${bytes}`
    const { rows } = await latest(
      [
        rate('node_network_receive_bytes_total', 'eth0', 125_000),
        rate('node_network_receive_bytes_total', 'ib0', 250_000),
        ...['lo', 'veth1a', 'docker0', 'cni0', 'br-12ab', 'bond0', 'cali77'].map((device) =>
          rate('node_network_receive_bytes_total', device, 999_999),
        ),
        rate('node_disk_read_bytes_total', 'nvme0n1', 1_000_000),
        ...['dm-0', 'md127', 'loop3', 'sr0'].map((device) =>
          rate('node_disk_read_bytes_total', device, 999_999),
        ),
        `node_filesystem_size_bytes{device="/dev/nvme0n1p2",fstype="ext4",mountpoint="/",${NODE}} 1048576000`,
        `node_filesystem_size_bytes{device="/dev/nvme0n1p2",fstype="ext4",mountpoint="/var/lib/kubelet",${NODE}} 1048576000`,
        `node_filesystem_size_bytes{device="/dev/sda1",fstype="xfs",mountpoint="/data",${NODE}} 2097152000`,
        `node_filesystem_size_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run",${NODE}} 99e9`,
        `node_filesystem_size_bytes{device="overlay",fstype="overlay",mountpoint="/x",${NODE}} 99e9`,
      ].join('\n'),
      ['node', 'node'],
      ['network_rx_mbps', 'disk_read_mbps', 'disk_size_mb'],
    )
    expect(rows).toEqual([
      {
        source: 'node_exporter',
        node: '10.0.0.1',
        network_rx_mbps: 3,
        disk_read_mbps: 8,
        disk_size_mb: 3000,
      },
    ])
  })

  it('gives components by RAPL, a zone with two paths once', async () => {
    const { rows } = await latest(
      `node_rapl_package_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0",${NODE}} 1e5 90
       node_rapl_package_joules_total{index="0",path="/sys/class/powercap/intel-rapl-mmio:0",${NODE}} 1e5 90
       node_rapl_package_joules_total{index="1",path="/sys/class/powercap/intel-rapl:1",${NODE}} 1e5 80
       node_rapl_core_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0:0",${NODE}} 1e5 60
       node_rapl_dram_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0:1",${NODE}} 1e5 9
       node_rapl_dram_joules_total{index="1",path="/sys/class/powercap/intel-rapl:1:1",${NODE}} 1e5 8`,
      ['node', 'node'],
      ['cpu_power_watts', 'dram_power_watts'],
    )
    expect(rows).toEqual([
      { source: 'rapl', node: '10.0.0.1', cpu_power_watts: 170, dram_power_watts: 17 },
    ])
  })

  it('takes a node from its ACPI meter, not from a graphics card or a meter that does not work', async () => {
    const { rows } = await latest(
      `node_hwmon_power_average_watt{chip="lnxsybus:00_acpi000d:00",sensor="power1",instance="a:9100"} 416
       node_hwmon_power_average_watt{chip="0000:03:00_0_0000:05:00_0",sensor="power1",instance="a:9100"} 200
       node_hwmon_power_average_watt{chip="lnxsybus:00_acpi000d:00",sensor="power1",instance="b:9100"} 0`,
      ['node', 'node'],
      ['power_watts'],
    )
    expect(rows).toEqual([{ source: 'acpi', node: 'a', power_watts: 416 }])
  })

  it('knows machines by their address, and what their kernel calls them', async () => {
    const text = `node_uname_info{nodename="gpu-1",release="6.8",machine="x86_64",${NODE}} 1`
    const { rows } = await latest(text, ['node', 'node', 'hostname'], ['kernel_info'])
    expect(rows).toEqual([
      { source: 'node_exporter', node: '10.0.0.1', hostname: 'gpu-1', kernel_info: 1 },
    ])
  })

  it('reads the names before 0.16', async () => {
    const { rows } = await latest(
      `node_cpu{cpu="cpu0",mode="idle",${NODE}} 1e6 0.25
       node_memory_MemTotal{${NODE}} 1048576000`,
      ['node', 'node'],
      ['cpu_idle_percent', 'memory_installed_mb'],
    )
    expect(rows).toEqual([
      {
        source: 'node_exporter',
        node: '10.0.0.1',
        cpu_idle_percent: 25,
        memory_installed_mb: 1000,
      },
    ])
  })
})
