import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serveMonitoring } from '../../support/monitoring.ts'

// Whatever a fleet says: rows add up to their total, percentages to 100, nothing is negative, and all routes agree.

const watts = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 900, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -1, 0, 1e9) },
)
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 })
const pod = fc.constantFrom('a', 'b', 'c', 'd')

const board = fc.record({
  watts: maybe(watts),
  holders: fc.uniqueArray(pod, { maxLength: 3 }),
  mig: fc.boolean(),
  named: fc.boolean(),
})
const node = fc.record({
  known: fc.boolean(),
  dcmi: maybe(fc.double({ min: 0, max: 6000, noNaN: true })),
  supplies: fc.array(watts, { maxLength: 2 }),
  package: maybe(watts),
  dram: maybe(watts),
  pods: fc.uniqueArray(fc.tuple(pod, watts), { maxLength: 3, selector: ([name]) => name }),
  boards: fc.array(board, { maxLength: 3 }),
})
const cluster = fc.array(node, { maxLength: 4 })

type NodeSpec = typeof node extends fc.Arbitrary<infer T> ? T : never

const line = (name: string, labels: Record<string, string>, value: number | undefined) =>
  value === undefined
    ? ''
    : `${name}{${Object.entries(labels)
        .map(([label, text]) => `${label}="${text}"`)
        .join()}} ${value}`

function textOf(nodes: readonly NodeSpec[]): string {
  return nodes.flatMap((spec, index) => linesOf(`n${index}`, spec)).join('\n')
}

function linesOf(name: string, spec: NodeSpec): readonly string[] {
  const bmc = { instance: `10.1.0.${name.slice(1)}`, node: name }
  return [
    spec.known ? line('kube_node_info', { node: name }, 1) : '',
    line('ipmi_up', { ...bmc, collector: 'ipmi' }, 1),
    line('ipmi_dcmi_power_consumption_watts', bmc, spec.dcmi),
    ...spec.supplies.map((value, supply) =>
      line('ipmi_power_watts', { ...bmc, name: `PS${supply} Input Power` }, value),
    ),
    line('kepler_node_cpu_watts', { node_name: name, zone: 'package' }, spec.package),
    line('kepler_node_cpu_watts', { node_name: name, zone: 'dram' }, spec.dram),
    ...spec.pods.map(([own, value]) =>
      line(
        'kepler_pod_cpu_watts',
        { node_name: name, pod_name: own, pod_namespace: 'n', zone: 'package', state: 'running' },
        value,
      ),
    ),
    ...spec.boards.flatMap((each, index) => boardLines(name, index, each)),
  ]
}

function boardLines(name: string, index: number, spec: NodeSpec['boards'][number]) {
  const place = spec.named ? { UUID: `GPU-${name}-${index}` } : {}
  const plain = { ...place, gpu: String(index), Hostname: name }
  if (spec.holders.length === 0) return [line('DCGM_FI_DEV_POWER_USAGE', plain, spec.watts)]
  return spec.holders.map((holder, turn) => {
    const part = spec.mig ? { GPU_I_ID: String(turn), GPU_I_PROFILE: '1g.5gb' } : {}
    const labels = { ...plain, ...part, namespace: 'n', pod: holder, container: 'c' }
    return line('DCGM_FI_DEV_POWER_USAGE', labels, spec.watts)
  })
}

const BY = ['cluster', 'node', 'namespace', 'pod', 'vendor', 'resource_type', 'workload_type']
const POLICIES = ['separate', 'proportional', 'reserved']

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

function expectSum(values: readonly (number | null)[], total: number | null): void {
  const known = values.filter((value) => value !== null)
  if (total === null) {
    expect(known).toEqual([])
    return
  }
  expect(Math.abs(sum(known) - total)).toBeLessThanOrEqual(1e-9 * Math.max(1, total))
  expect(known.every((value) => value >= 0)).toBe(true)
}

describe('every answer about power', () => {
  it('adds up, whatever the fleet says', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        cluster,
        cluster,
        fc.constantFrom(...BY),
        fc.constantFrom(...POLICIES),
        async (first, second, by, idle) => {
          const { get, app } = await serveMonitoring({ a: textOf(first), b: textOf(second) })
          const { data: power } = await get('/monitoring/power')
          const total: number | null = power.total_power_watts
          expectSum(Object.values<number | null>(power.parts), total)
          expectSum(
            power.by_cluster.map((row: any) => row.total_power_watts as number | null),
            total,
          )
          const { data } = await get(`/monitoring/power/breakdown?by=${by}&idle=${idle}`)
          expect(data.total_power_watts === null).toBe(total === null)
          expectSum(
            data.rows.map((row: any) => row.power_watts as number),
            total,
          )
          if (total !== null && total > 0)
            expect(sum(data.rows.map((row: any) => row.percentage))).toBeCloseTo(100, 6)
          const { data: boards } = await get('/monitoring/power/accelerators')
          // Added up in another order, so equal but for the last digit.
          expectSum([power.parts.gpu_watts as number | null], boards.total_power_watts)
          await app.close()
        },
      ),
      { numRuns: 40, interruptAfterTimeLimit: 120_000 },
    )
  })
})
