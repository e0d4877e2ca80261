import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut } from '../../../src/analysis/topology/cut.ts'
import {
  graphOf,
  THING_TYPES,
  type Graph,
  type Thing,
  type ThingType,
} from '../../../src/analysis/topology/graph.ts'
import { keepAround } from '../../../src/analysis/topology/keep.ts'

const thing = (id: string, type: ThingType, parent: string | null): Thing => ({ id, type, parent })

/** A pod with a container on a node, which holds a part of its board; and a board that nobody holds. */
const THINGS = [
  thing('p', 'pod', 'n'),
  thing('k', 'container', 'p'),
  thing('a', 'accelerator', 'n'),
  thing('a/1', 'partition', 'a'),
  thing('b', 'accelerator', 'n'),
  thing('n', 'node', 'c'),
  thing('c', 'cluster', null),
  thing('m', 'node', 'c'),
]
const USES = [{ holder: 'k', board: 'a/1' }]
const shown = (...types: ThingType[]) => graphOf(THINGS, USES, new Set(types))
const texts = ({ edges }: Graph<Thing>) =>
  edges.map(({ source, type, target }) => `${source} ${type} ${target}`).sort()

describe('the graph of a cluster', () => {
  it('says what contains, runs on and uses what', () => {
    expect(texts(shown(...THING_TYPES))).toEqual([
      'a contains a/1',
      'c contains m',
      'c contains n',
      'k uses a/1',
      'n contains a',
      'n contains b',
      'p contains k',
      'p runs_on n',
    ])
  })

  it('bridges what is left out', () => {
    expect(texts(shown('cluster', 'accelerator', 'container'))).toEqual([
      'c contains a',
      'c contains b',
      'c contains k',
      'k uses a',
    ])
    expect(texts(shown('node', 'container', 'partition'))).toEqual([
      'k runs_on n',
      'k uses a/1',
      'n contains a/1',
    ])
    expect(texts(shown('node', 'pod'))).toEqual(['p runs_on n'])
  })

  it('keeps what is wanted with all below it, what that uses, and all above', () => {
    const kept = keepAround(THINGS, USES, ({ id }) => id === 'p')
    expect(kept.map(({ id }) => id).sort()).toEqual(['a', 'a/1', 'c', 'k', 'n', 'p'])
  })

  it('comes in parts of which nothing leads nowhere, and that make the whole', () => {
    const place = fc.nat(30)
    const world = fc.record({
      nodes: fc.integer({ min: 1, max: 5 }),
      boards: fc.array(fc.tuple(place, fc.boolean()), { maxLength: 12 }),
      pods: fc.array(fc.tuple(place, fc.option(place)), { maxLength: 12 }),
    })
    fc.assert(
      fc.property(
        world,
        fc.integer({ min: 1, max: 8 }),
        fc.subarray([...THING_TYPES], { minLength: 1 }),
        ({ nodes, boards, pods }, limit, types) => {
          const node = (on: number) => `n${on % nodes}`
          const things = [
            thing('c', 'cluster', null),
            ...Array.from({ length: nodes }, (_, each) => thing(`n${each}`, 'node', 'c')),
            ...boards.flatMap(([on, isDivided], each) => [
              thing(`a${each}`, 'accelerator', node(on)),
              ...(isDivided ? [thing(`a${each}/1`, 'partition', `a${each}`)] : []),
            ]),
            ...pods.flatMap(([on], each) => [
              thing(`p${each}`, 'pod', node(on)),
              thing(`k${each}`, 'container', `p${each}`),
            ]),
          ]
          const uses = pods.flatMap(([, board], each) =>
            board === null || boards.length === 0
              ? []
              : [{ holder: `k${each}`, board: `a${board % boards.length}` }],
          )
          const whole = graphOf(things, uses, new Set(types))
          const parts = Array.from({ length: Math.ceil(whole.things.length / limit) }, (_, part) =>
            cut(whole, { limit, offset: part * limit }),
          )
          for (const part of [whole, ...parts]) {
            const ids = new Set(part.things.map(({ id }) => id))
            for (const { source, target } of part.edges)
              expect(ids.has(source) && ids.has(target)).toBe(true)
            for (const { parent } of part.things)
              expect(parent === null || ids.has(parent)).toBe(true)
          }
          expect(parts.flatMap(({ edges }) => edges).length).toBe(whole.edges.length)
          const seen = new Set(parts.flatMap((part) => part.things.map(({ id }) => id)))
          expect(seen.size).toBe(whole.things.length)
        },
      ),
    )
  })
})
