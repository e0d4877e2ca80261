import { describe, expect, it } from 'vitest'
import { portionsOfContainers } from '../../../src/analysis/power/container-power.ts'
import type { Portion, ResourceType } from '../../../src/analysis/power/figures.ts'
import type { Workload, WorkloadUse } from '../../../src/analysis/power/input.ts'

const pod = (container: string | null): Workload => ({
  kind: 'pod',
  namespace: 'ml',
  pod: 'p',
  container,
})

const portion = (
  type: ResourceType,
  watts: number,
  workload: Workload | null = pod(null),
): Portion => ({
  cluster: 'c',
  node: 'n',
  resource_type: type,
  vendor: null,
  board: null,
  workload,
  use: workload === null ? 'idle' : 'workload',
  power_watts: watts,
  basis: 'workload_watts',
  method: 'measured',
  sources: ['kepler'],
  node_method: 'measured',
  node_sources: ['dcmi'],
})

const use = (container: string, more: Partial<WorkloadUse>): WorkloadUse => ({
  cluster: 'c',
  node: 'n',
  workload: pod(container),
  source: 'kubelet_containers',
  cpu_watts: null,
  dram_watts: null,
  cpu_share: null,
  reserved_share: null,
  ...more,
})

/** The containers of some portions with their watts, `pod` for what stays with the pod. */
function divided(
  portions: readonly Portion[],
  names: readonly string[],
  uses: readonly WorkloadUse[] = [],
) {
  const found = portionsOfContainers(portions, { uses, containersOf: () => names })
  return found.map(({ workload, power_watts: watts }) => [
    workload?.kind === 'pod' ? (workload.container ?? 'pod') : workload,
    watts,
  ])
}

describe('the watts of a pod', () => {
  it('are those of its only container', () => {
    expect(divided([portion('cpu', 80), portion('gpu', 300)], ['main'])).toEqual([
      ['main', 80],
      ['main', 300],
    ])
  })

  it('follow the watts of its containers, else their CPU time', () => {
    const uses = [
      use('a', { cpu_watts: 30, cpu_share: 0.125 }),
      use('b', { cpu_watts: 10, cpu_share: 0.375 }),
    ]
    expect(divided([portion('cpu', 80)], ['a', 'b'], uses)).toEqual([
      ['a', 60],
      ['b', 20],
    ])
    expect(divided([portion('dram', 80)], ['a', 'b'], uses)).toEqual([
      ['a', 20],
      ['b', 60],
    ])
  })

  it('stay with it where nothing divides them', () => {
    const half = [use('a', { cpu_share: 0.1 })]
    expect(divided([portion('cpu', 80)], ['a', 'b'], half)).toEqual([['pod', 80]])
    expect(divided([portion('gpu', 300)], ['a', 'b'])).toEqual([['pod', 300]])
    expect(divided([portion('cpu', 80)], [])).toEqual([['pod', 80]])
  })

  it('are 0 for each when they are 0', () => {
    expect(divided([portion('cpu', 0)], ['a', 'b'])).toEqual([
      ['a', 0],
      ['b', 0],
    ])
  })

  it('leave alone what is of a container, or of nobody', () => {
    expect(divided([portion('gpu', 300, pod('a')), portion('cpu', 5, null)], ['a', 'b'])).toEqual([
      ['a', 300],
      [null, 5],
    ])
  })
})
