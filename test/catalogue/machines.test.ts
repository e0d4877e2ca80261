import { describe, expect, it } from 'vitest'
import { known, latest } from './reading.ts'

describe('libvirt', () => {
  const VM =
    'domain="instance-00000001",uuid="2ce4",name="train-a",flavor="g1.xlarge",project_name="ai"'

  it('has a machine with its name, flavour and project where each series says them', async () => {
    const text = `
      libvirt_domain_state_code{${VM},instance="kvm-1:9177"} 1
      libvirt_domain_info_virtual_cpus{${VM},instance="kvm-1:9177"} 8
      libvirt_domain_info_maximum_memory_bytes{${VM},instance="kvm-1:9177"} 68719476736
      libvirt_domain_info_cpu_time_seconds_total{${VM},instance="kvm-1:9177"} 1e6 3.5
      libvirt_domain_interface_stats_receive_bytes_total{${VM},target_device="tap0",instance="kvm-1:9177"} 1e6 125000
      libvirt_domain_interface_stats_receive_bytes_total{${VM},target_device="tap1",instance="kvm-1:9177"} 1e6 125000`
    const { rows } = await latest(
      text,
      ['vm', 'vm_id', 'vm_name', 'flavor', 'project_name'],
      ['vm_state_code', 'cpu_cores', 'cpu_cores_used', 'memory_installed_mb', 'network_rx_mbps'],
    )
    expect(rows).toEqual([
      {
        source: 'libvirt',
        vm_id: '2ce4',
        vm_domain: 'instance-00000001',
        vm_name: 'train-a',
        node: 'kvm-1',
        flavor: 'g1.xlarge',
        project_name: 'ai',
        vm_state_code: 1,
        cpu_cores: 8,
        cpu_cores_used: 3.5,
        memory_installed_mb: 65_536,
        network_rx_mbps: 2,
      },
    ])
  })

  it('keeps node and domain with every row, where only one series has the rest', async () => {
    const text = `
      libvirt_domain_info_meta{domain="instance-00000001",uuid="f6b6",instance_name="t2-1",flavor="m1",project_name="admin",project_uuid="1cf6",instance="kvm-1:9177"} 1
      libvirt_domain_info_vstate{domain="instance-00000001",instance="kvm-1:9177"} 1
      libvirt_domain_info_cpu_time_seconds_total{domain="instance-00000001",instance="kvm-1:9177"} 1e6 2`
    expect(await known(text, ['vm', 'vm_id', 'vm_name', 'project_id'])).toContainEqual({
      source: 'libvirt',
      vm_id: 'f6b6',
      vm_domain: 'instance-00000001',
      vm_name: 't2-1',
      node: 'kvm-1',
      project_id: '1cf6',
    })
    const { rows } = await latest(text, ['vm', 'vm_id'], ['vm_state_code', 'cpu_cores_used'])
    expect(rows).toEqual([
      {
        source: 'libvirt',
        vm_domain: 'instance-00000001',
        node: 'kvm-1',
        vm_state_code: 1,
        cpu_cores_used: 2,
      },
    ])
  })
})

describe('OpenStack', () => {
  const TEXT = `
    openstack_nova_server_status{id="2ce4",uuid="2ce4",name="train-a",instance_libvirt="instance-00000001",hypervisor_hostname="kvm-1",tenant_id="t1",flavor_id="1",status="ACTIVE",availability_zone="nova",address_ipv4="1.2.3.4"} 0
    openstack_nova_flavor{id="1",name="m1.tiny",vcpus="1",ram="512",disk="0"} 1
    openstack_nova_limits_vcpus_max{tenant="admin",tenant_id="t1"} 20`

  it("knows machines by Nova, with libvirt's name to join by", async () => {
    const { rows } = await latest(
      TEXT,
      [
        'vm',
        'vm_id',
        'vm_domain',
        'vm_name',
        'node',
        'status',
        'project_id',
        'flavor_id',
        'ip_address',
      ],
      ['nova_status_code'],
    )
    expect(rows).toEqual([
      {
        source: 'openstack',
        vm_id: '2ce4',
        vm_domain: 'instance-00000001',
        vm_name: 'train-a',
        node: 'kvm-1',
        status: 'ACTIVE',
        project_id: 't1',
        flavor_id: '1',
        ip_address: '1.2.3.4',
        nova_status_code: 0,
      },
    ])
  })

  it('knows what flavours and projects are called', async () => {
    expect(await known(TEXT, ['flavor', 'flavor_id', 'flavor'])).toEqual([
      { source: 'openstack_flavors', flavor_id: '1', flavor: 'm1.tiny' },
    ])
    expect(await known(TEXT, ['project', 'project_id', 'project_name'])).toEqual([
      { source: 'openstack_projects', project_id: 't1', project_name: 'admin' },
    ])
  })
})

describe('scaphandre', () => {
  const TEXT = `
    scaph_host_power_microwatts{instance="h1:8080"} 95000000
    scaph_socket_power_microwatts{socket_id="0",instance="h1:8080"} 40000000
    scaph_socket_power_microwatts{socket_id="1",instance="h1:8080"} 30000000
    scaph_domain_power_microwatts{domain_id="0",domain_name="dram",socket_id="0",instance="h1:8080"} 5000000
    scaph_domain_power_microwatts{domain_id="1",domain_name="core",socket_id="0",instance="h1:8080"} 35000000
    scaph_process_power_consumption_microwatts{pid="1",exe="qemu",vmname="instance-00000001",instance="h1:8080"} 12000000
    scaph_process_power_consumption_microwatts{pid="2",exe="qemu",vmname="instance-00000001",instance="h1:8080"} 1000000
    scaph_process_power_consumption_microwatts{pid="3",exe="python",kubernetes_pod_name="train-0",kubernetes_pod_namespace="ml",instance="h1:8080"} 7000000`

  it('estimates a host in microwatts, and never poses as a meter', async () => {
    const { rows } = await latest(
      TEXT,
      ['node', 'node'],
      ['power_watts', 'platform_zone_power_watts', 'cpu_power_watts', 'dram_power_watts'],
    )
    expect(rows).toEqual([
      {
        source: 'scaphandre',
        node: 'h1',
        platform_zone_power_watts: 95,
        cpu_power_watts: 70,
        dram_power_watts: 5,
      },
    ])
  })

  it('adds the processes of a machine and of a pod', async () => {
    expect((await latest(TEXT, ['vm', 'vm_domain', 'node'], ['cpu_power_watts'])).rows).toEqual([
      { source: 'scaphandre_vms', node: 'h1', vm_domain: 'instance-00000001', cpu_power_watts: 13 },
    ])
    expect((await latest(TEXT, ['pod', 'namespace', 'pod'], ['cpu_power_watts'])).rows).toEqual([
      { source: 'scaphandre_pods', namespace: 'ml', pod: 'train-0', cpu_power_watts: 7 },
    ])
  })
})

describe('inference servers', () => {
  const TARGET = 'namespace="serving",pod="llama-0",instance="10.1.0.9:8000"'

  it('count tokens a second, of all engines of a model', async () => {
    const { rows } = await latest(
      `vllm:num_requests_running{engine="0",model_name="llama",${TARGET}} 8
       vllm:num_requests_running{engine="1",model_name="llama",${TARGET}} 4
       vllm:generation_tokens_total{engine="0",model_name="llama",${TARGET}} 1e6 900
       vllm:generation_tokens_total{engine="1",model_name="llama",${TARGET}} 1e6 100
       vllm:prompt_tokens_total{engine="0",model_name="llama",${TARGET}} 1e6 4000
       vllm:request_success_total{engine="0",finished_reason="stop",model_name="llama",${TARGET}} 1e3 2
       vllm:request_success_total{engine="0",finished_reason="length",model_name="llama",${TARGET}} 1e3 0.5
       vllm:kv_cache_usage_perc{engine="0",model_name="llama",${TARGET}} 0.4
       vllm:kv_cache_usage_perc{engine="1",model_name="llama",${TARGET}} 0.6`,
      ['serving', 'namespace', 'pod', 'served_model'],
      [
        'requests_running',
        'tokens_generated_per_second',
        'tokens_prompted_per_second',
        'requests_per_second',
        'kv_cache_used_percent',
      ],
    )
    expect(rows).toEqual([
      {
        source: 'vllm',
        namespace: 'serving',
        pod: 'llama-0',
        server: '10.1.0.9:8000',
        served_model: 'llama',
        requests_running: 12,
        tokens_generated_per_second: 1000,
        tokens_prompted_per_second: 4000,
        requests_per_second: 2.5,
        kv_cache_used_percent: 50,
      },
    ])
  })

  it('of an older vLLM have another name for the cache', async () => {
    const { rows } = await latest(
      `vllm:gpu_cache_usage_perc{model_name="llama",${TARGET}} 0.25`,
      ['serving', 'served_model', 'pod', 'namespace'],
      ['kv_cache_used_percent'],
    )
    expect(rows).toEqual([expect.objectContaining({ kv_cache_used_percent: 25 })])
  })

  it('of Triton count inferences, over all versions of a model', async () => {
    const { rows } = await latest(
      `nv_inference_count{model="resnet50",version="1",${TARGET}} 1e3 30
       nv_inference_count{model="resnet50",version="2",${TARGET}} 1e3 10
       nv_inference_request_success{model="resnet50",version="1",${TARGET}} 1e3 8`,
      ['serving', 'namespace', 'pod', 'served_model'],
      ['inferences_per_second', 'requests_per_second'],
    )
    expect(rows).toEqual([
      expect.objectContaining({
        source: 'triton',
        served_model: 'resnet50',
        inferences_per_second: 40,
        requests_per_second: 8,
      }),
    ])
  })
})
