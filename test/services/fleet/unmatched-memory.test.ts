import { describe, expect, it } from 'vitest'
import type { UnmatchedName } from '../../../src/analysis/identity/unmatched.ts'
import { createUnmatchedMemory } from '../../../src/services/fleet/unmatched-memory.ts'

const at = (seconds: number) => new Date(seconds * 1000)
const name = (text: string, source = 'ipmi', cluster = 'seoul'): UnmatchedName => ({
  cluster,
  source,
  name: text,
  reason: 'unknown',
  candidates: [],
  count: 1,
})
const namesOf = (memory: ReturnType<typeof createUnmatchedMemory>, cluster = 'seoul') =>
  memory.of([cluster])[0]!.names.map((found) => `${found.source} ${found.name}`)

describe('the memory of unmatched names', () => {
  it('says that nothing was looked up yet', () => {
    expect(createUnmatchedMemory().of(['seoul'])).toEqual([
      { cluster: 'seoul', observed_at: null, names: [] },
    ])
  })

  it('has what each view found last, each name of a source once', () => {
    const memory = createUnmatchedMemory()
    memory.note({
      view: 'power',
      at: at(1),
      clusters: ['seoul'],
      names: [name('a'), name('b', 'dcgm')],
    })
    memory.note({ view: 'hardware', at: at(2), clusters: ['seoul'], names: [name('a'), name('c')] })
    expect(namesOf(memory)).toEqual(['ipmi a', 'dcgm b', 'ipmi c'])
    memory.note({ view: 'power', at: at(3), clusters: ['seoul'], names: [] })
    expect(namesOf(memory)).toEqual(['ipmi a', 'ipmi c'])
    expect(memory.of(['seoul'])[0]!.observed_at).toEqual(at(3))
  })

  it('is not set back by an older reading, nor by a cluster that did not answer', () => {
    const memory = createUnmatchedMemory()
    const names = [name('a'), name('z', 'ipmi', 'busan')]
    memory.note({ view: 'power', at: at(5), clusters: ['seoul', 'busan'], names })
    memory.note({ view: 'power', at: at(4), clusters: ['seoul'], names: [] })
    memory.note({ view: 'power', at: at(6), clusters: ['seoul'], names: [] })
    expect(namesOf(memory)).toEqual([])
    expect(namesOf(memory, 'busan')).toEqual(['ipmi z'])
  })

  it('has a bound for the names of a cluster, and for clusters', () => {
    const memory = createUnmatchedMemory()
    const names = Array.from({ length: 10_001 }, (_, index) => name(`n${index}`))
    memory.note({ view: 'power', at: at(1), clusters: ['seoul'], names })
    expect(namesOf(memory)).toHaveLength(10_000)
    const others = Array.from({ length: 1000 }, (_, index) => `c${index}`)
    for (const cluster of others)
      memory.note({ view: 'power', at: at(2), clusters: [cluster], names: [] })
    expect(memory.of(['seoul', 'c999']).map(({ observed_at }) => observed_at)).toEqual([
      null,
      at(2),
    ])
  })
})
