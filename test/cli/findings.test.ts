import { describe, expect, it } from 'vitest'
import { adviceOn, type ClusterFindings, type FoundSource } from '../../src/cli/findings.ts'

const source = (name: string, entity: string, missing: readonly string[] = []): FoundSource => ({
  source: name,
  title: name,
  entity,
  things: 2,
  measures: ['power_watts'].filter((measure) => !missing.includes(measure)),
  missing,
  caution: null,
})

const found = (more: Partial<ClusterFindings>): Omit<ClusterFindings, 'advice'> => ({
  cluster: 'seoul',
  status: 'ok',
  version: '2.42.0',
  response_time_ms: 3,
  sources: [],
  nodes: null,
  unmatched_names: [],
  warnings: [],
  ...more,
})

const KUBERNETES = source('kube_state_metrics_nodes', 'node')
const METER = source('dcmi', 'node')

describe('advice', () => {
  it('is not given where all is well', () => {
    const nodes = { known: 2, measured: 2, estimated: 0 }
    expect(adviceOn(found({ sources: [KUBERNETES, METER], nodes }))).toEqual([])
  })

  it('points at the set-up of exporters where none is known', () => {
    expect(adviceOn(found({}))).toEqual([expect.stringContaining('spec/PROMETHEUS_SETUP.md')])
  })

  it('asks for kube-state-metrics and for a meter', () => {
    const advice = adviceOn(found({ sources: [source('dcgm', 'gpu')] }))
    expect(advice).toEqual([
      expect.stringContaining('kube-state-metrics is not scraped'),
      expect.stringContaining('No node has a meter'),
    ])
  })

  it('asks why a source is without power', () => {
    const silent = source('dcgm', 'gpu', ['power_watts'])
    expect(adviceOn(found({ sources: [KUBERNETES, METER, silent] }))).toEqual([
      expect.stringContaining('dcgm says nothing of power'),
    ])
  })

  it('counts nodes without a reading', () => {
    const nodes = { known: 5, measured: 2, estimated: 1 }
    expect(adviceOn(found({ sources: [KUBERNETES, METER], nodes }))).toEqual([
      '2 of 5 nodes have no reading of their power, and are in no total.',
    ])
  })

  it.each(['timeout', 'unreachable', 'unauthorized', 'rejected', 'invalid', 'too_large'])(
    'says what a cluster that is %s may lack, and nothing else',
    (status) => {
      const advice = adviceOn(found({ status }))
      expect(advice).toHaveLength(1)
      expect(advice[0]).toMatch(/until it answers\.$/)
    },
  )
})
