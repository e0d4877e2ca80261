import { afterEach, describe, expect, it } from 'vitest'
import { checkCluster } from '../../src/cli/check.ts'
import { findingsText } from '../../src/cli/check-text.ts'
import { composeReaders, type Readers } from '../../src/compose-check.ts'
import { readConfig } from '../../src/config.ts'

const look = { at: new Date('2026-11-20T05:00:00Z'), signal: new AbortController().signal }
let readers: Readers | undefined

function readersOf(environment: Readonly<Record<string, string>>, demo: boolean): Readers {
  const login = { API_AUTH_USERNAME: 'tester', API_AUTH_PASSWORD: 'correct horse' }
  return (readers = composeReaders(readConfig({ ...login, ...environment }, { demo })))
}

afterEach(() => readers?.close())

describe('a look at a cluster', () => {
  it('names every source with what it has and lacks', async () => {
    const found = await checkCluster(readersOf({}, true), 'seoul', look)
    expect(found.status).toBe('ok')
    const furiosa = found.sources.find(({ source }) => source === 'furiosa')
    expect(furiosa).toMatchObject({ entity: 'npu', things: 16 })
    expect(furiosa?.measures).toContain('power_watts')
    expect(furiosa?.missing).toContain('memory_total_mb')
    expect(found.sources.map(({ source }) => source)).not.toContain('ascend')
  })

  it('tells the names that find no node, and what to do about them', async () => {
    const found = await checkCluster(readersOf({}, true), 'daejeon', look)
    expect(found.nodes).toEqual({ known: 5, measured: 0, estimated: 0 })
    expect(found.unmatched_names).toContainEqual({
      source: 'dcmi',
      name: '10.1.0.1',
      reason: 'unknown',
      candidates: [],
    })
    expect(found.advice).toContainEqual(expect.stringContaining('BMC_NODES'))
    expect(found.advice).toContainEqual(
      '5 of 5 nodes have no reading of their power, and are in no total.',
    )
    const text = findingsText(found)
    expect(text).toContain('daejeon: ok (simulator')
    expect(text).toContain('10.1.0.1 of dcmi: unknown')
  })

  it('has nothing to advise once the names are brought together', async () => {
    const map = Object.fromEntries(
      ['gpu-worker-1', 'gpu-worker-2', 'npu-worker-1', 'cpu-worker-1', 'control-plane-1'].map(
        (node, order) => [`10.1.0.${order + 1}`, node],
      ),
    )
    const found = await checkCluster(
      readersOf({ BMC_NODES: JSON.stringify({ daejeon: map }) }, true),
      'daejeon',
      look,
    )
    expect(found.unmatched_names).toEqual([])
    expect(found.nodes).toEqual({ known: 5, measured: 5, estimated: 0 })
  })

  it('says why a cluster is silent, and that nothing of it is in any figure', async () => {
    const found = await checkCluster(
      readersOf({ PROMETHEUS_URL: 'http://127.0.0.1:1' }, false),
      'default',
      look,
    )
    expect(found).toMatchObject({ status: 'unreachable', sources: [], nodes: null })
    expect(found.advice).toEqual([expect.stringContaining('Nothing answers at its address')])
  })
})
