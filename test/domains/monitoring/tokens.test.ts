import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { serveMonitoring, type MonitoringApp } from '../../support/monitoring.ts'

const gpu = (index: number, pod: string, watts: number) =>
  `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-${index}",gpu="${index}",Hostname="a",namespace="llm",pod="${pod}",container="c"} ${watts}`

/** A counter that grows by so much a second. */
const tokens = (kind: string, labels: string, rate: number) =>
  `vllm:${kind}_tokens_total{${labels},engine="0"} 0 ${rate}`
const running = (labels: string) => `vllm:num_requests_running{${labels},engine="0"} 1`
const server = (pod: string, model: string) =>
  `namespace="llm",pod="${pod}",instance="10.2.0.${pod.length}:8000",model_name="${model}"`

const LLAMA = server('llama-0', 'llama-70b')
const QWEN = server('qwen-0', 'qwen-32b')
const BGE = server('bge-m3-0', 'bge-m3')

/**
 * llama-0: two cards, 400 + 200 W, 300 tokens a second. qwen-0: one card of 250 W, 100 tokens a second. bge-m3-0: 50
 * tokens a second, and nobody knows what it draws.
 */
const SEOUL = `
kube_node_info{node="a",internal_ip="10.0.0.1"} 1
${gpu(0, 'llama-0', 400)}
${gpu(1, 'llama-0', 200)}
${gpu(2, 'qwen-0', 250)}
${running(LLAMA)}
${tokens('generation', LLAMA, 300)}
${tokens('prompt', LLAMA, 900)}
${running(QWEN)}
${tokens('generation', QWEN, 100)}
${running(BGE)}
${tokens('generation', BGE, 50)}
`
const DOWN: FleetMember = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
}

let served: MonitoringApp | undefined
afterEach(async () => served?.app.close())

async function tokensIn(members: Record<string, FleetMember>) {
  served = await serveMonitoring(members)
  const { status, data, meta } = await served.get('/monitoring/power/efficiency?period=10m&step=2m')
  expect(status).toBe(200)
  return { tokens: data.tokens, meta, data }
}

describe('tokens of GET /monitoring/power/efficiency', () => {
  it('sets the tokens of each pod against the watts that it is attributed', async () => {
    const { tokens: found } = await tokensIn({ seoul: SEOUL })
    const pod = (name: string) => found.by_pod.find((each: any) => each.pod === name)
    // 300 tokens/s ÷ 600 W.
    expect(pod('llama-0')).toMatchObject({
      cluster: 'seoul',
      namespace: 'llm',
      models: ['llama-70b'],
      power_watts: 600,
      covered_seconds: 600,
      energy_joules: 600 * 600,
      reason: null,
      sources: ['vllm'],
    })
    expect(pod('llama-0').tokens_generated_per_second).toBeCloseTo(300, 9)
    expect(pod('llama-0').tokens_prompted_per_second).toBeCloseTo(900, 9)
    expect(pod('llama-0').tokens_generated).toBeCloseTo(300 * 600, 6)
    expect(pod('llama-0').tokens_per_joule).toBeCloseTo(0.5, 9)
    expect(pod('llama-0').joules_per_token).toBeCloseTo(2, 9)
    // 100 tokens/s ÷ 250 W.
    expect(pod('qwen-0').tokens_per_joule).toBeCloseTo(0.4, 9)
    expect(pod('qwen-0').joules_per_token).toBeCloseTo(2.5, 9)
    expect(pod('qwen-0').tokens_prompted_per_second).toBeNull()
  })

  it('is null for a pod without watts, says why, and leaves it out of the quotient of all', async () => {
    const { tokens: found } = await tokensIn({ seoul: SEOUL })
    const bge = found.by_pod.find((each: any) => each.pod === 'bge-m3-0')
    expect(bge).toMatchObject({
      power_watts: null,
      energy_joules: null,
      tokens_per_joule: null,
      joules_per_token: null,
      covered_seconds: 0,
      reason: 'no_attributed_power',
    })
    expect(bge.tokens_generated_per_second).toBeCloseTo(50, 9)
    expect(found).toMatchObject({ pods: 3, pods_related: 2, reason: null })
    expect(found.tokens_generated_per_second).toBeCloseTo(450, 9)
    // (300 + 100) tokens/s ÷ (600 + 250) W.
    expect(found.tokens_per_joule).toBeCloseTo(400 / 850, 9)
    expect(found.joules_per_token).toBeCloseTo(850 / 400, 9)
  })

  it('adds up the pods of a model, and keeps those of several models apart', async () => {
    const second = server('llama-11', 'llama-70b')
    const mixed = server('mixed', 'qwen-32b')
    const { tokens: found } = await tokensIn({
      seoul: `${SEOUL}
${gpu(3, 'llama-11', 400)}
${running(second)}
${tokens('generation', second, 100)}
${gpu(4, 'mixed', 100)}
${running(mixed)}
${tokens('generation', mixed, 30)}
${tokens('generation', server('mixed', 'llama-70b'), 20)}
`,
    })
    const model = (name: string | null) => found.by_model.find((each: any) => each.model === name)
    expect(model('llama-70b')).toMatchObject({ pods: 2, pods_related: 2 })
    // (300 + 100) ÷ (600 + 400).
    expect(model('llama-70b').tokens_per_joule).toBeCloseTo(0.4, 9)
    // (30 + 20) ÷ 100.
    expect(model(null)).toMatchObject({ pods: 1 })
    expect(model(null).tokens_per_joule).toBeCloseTo(0.5, 9)
  })

  it('counts the watts of a pod that generates nothing, and divides by no token', async () => {
    const { tokens: found } = await tokensIn({
      seoul: `${gpu(0, 'llama-0', 400)}\n${running(LLAMA)}\n${tokens('generation', LLAMA, 0)}`,
    })
    expect(found).toMatchObject({
      tokens_generated_per_second: 0,
      tokens_per_joule: 0,
      joules_per_token: null,
      energy_joules: 400 * 600,
      reason: null,
    })
  })

  it('says so where nothing reports tokens', async () => {
    const { tokens: found } = await tokensIn({ seoul: gpu(0, 'llama-0', 400) })
    expect(found).toMatchObject({
      pods: 0,
      tokens_generated_per_second: null,
      tokens_per_joule: null,
      reason: 'no_tokens_reported',
      by_model: [],
      by_pod: [],
    })
  })

  it('shows the inferences of Triton, which knows no tokens', async () => {
    const { tokens: found } = await tokensIn({
      seoul: `${gpu(0, 'triton-0', 300)}
nv_inference_count{namespace="llm",pod="triton-0",instance="10.2.0.9:8002",model="resnet",version="1"} 0 40
nv_inference_request_success{namespace="llm",pod="triton-0",instance="10.2.0.9:8002",model="resnet",version="1"} 0 20
`,
    })
    expect(found.by_pod[0]).toMatchObject({
      pod: 'triton-0',
      tokens_generated_per_second: null,
      tokens_per_joule: null,
      power_watts: 300,
      reason: 'no_tokens_reported',
      sources: ['triton'],
    })
    expect(found.inferences_per_second).toBeCloseTo(40, 9)
  })

  it('does not guess the pod of a server that nobody names', async () => {
    const labels = 'instance="10.2.0.3:8000",model_name="llama-70b"'
    const { tokens: found } = await tokensIn({
      seoul: `${gpu(0, 'llama-0', 400)}\n${running(labels)}\n${tokens('generation', labels, 300)}`,
    })
    expect(found).toMatchObject({ pods: 1, tokens_per_joule: null, reason: 'no_pod_named' })
    expect(found.by_pod[0]).toMatchObject({ pod: null, server: '10.2.0.3:8000' })
  })

  it('tells two servers at one address apart by their ports', async () => {
    const at = (port: number) => `instance="10.2.0.3:${port}",model_name="llama-70b"`
    const { tokens: found } = await tokensIn({
      seoul: [8000, 8001]
        .map((port) => `${running(at(port))}\n${tokens('generation', at(port), 300)}`)
        .join('\n'),
    })
    const servers = found.by_pod.map((row: any) => [row.server, row.tokens_generated_per_second])
    expect(servers).toEqual([
      ['10.2.0.3:8000', 300],
      ['10.2.0.3:8001', 300],
    ])
  })

  it('leaves out a cluster that is down, and names it', async () => {
    const { tokens: found, meta } = await tokensIn({ seoul: SEOUL, busan: DOWN })
    expect(meta.status).toBe('partial')
    expect(found.tokens_per_joule).toBeCloseTo(400 / 850, 9)
  })

  it('leaves the energy of the computers as it is without serving pods', async () => {
    const meter = `kube_node_info{node="a"} 1
ipmi_up{instance="10.1.0.1",node="a",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="a"} 3000`
    const { data } = await tokensIn({ seoul: `${meter}\n${SEOUL}` })
    expect(data.it).toMatchObject({ energy_joules: 3000 * 600, power_watts: 3000 })
  })
})
