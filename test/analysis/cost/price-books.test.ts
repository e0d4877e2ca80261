import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nearestMicros, numberOf, total } from '../../../src/analysis/cost/decimal.ts'
import {
  nodeCharges,
  type HeldBoard,
  type HeldNode,
} from '../../../src/analysis/cost/node-charges.ts'
import { createNodeLedger, type NodeEntry } from '../../../src/analysis/cost/node-ledger.ts'
import { boardHolders, nodeHolders } from '../../../src/analysis/cost/node-shares.ts'
import { bookOf, type PriceBook } from '../../../src/analysis/cost/price-book.ts'
import { timelineOf } from '../../../src/analysis/cost/timeline.ts'
import type { IdlePolicy, WorkloadUse } from '../../../src/analysis/power/input.ts'
import { priceBookList } from '../../../src/config-prices.ts'
import { exact } from '../../support/cost.ts'

const example = JSON.parse(
  readFileSync(new URL('../../../rates/nodes/example.json', import.meta.url), 'utf8'),
) as object[]

function bookWith(changed: object = {}): PriceBook {
  const [book] = priceBookList.parse([{ ...example[0], ...changed }])
  if (book === undefined) throw new Error('no book')
  return book
}

const pod = (name: string) =>
  ({ kind: 'pod', namespace: 'ml', pod: name, container: null }) as const

const use = (name: string, used: number | null, reserved: number | null): WorkloadUse => ({
  cluster: 'a',
  node: 'n1',
  workload: pod(name),
  source: 'test',
  cpu_watts: null,
  dram_watts: null,
  cpu_share: used,
  reserved_share: reserved,
})

interface World {
  readonly boards: readonly (string | null)[]
  readonly uses?: readonly WorkloadUse[]
  readonly model?: string
  readonly policy?: IdlePolicy
  readonly isSpot?: boolean | null
}

/** A node whose boards have these holders. */
function nodeOf({ boards, uses = [], model = 'NVIDIA A100-SXM4-80GB', ...more }: World): HeldNode {
  const { policy = 'separate', isSpot = null } = more
  const place = { cluster: 'a', node: 'n1' }
  const held = boards.map((owner, index): HeldBoard => {
    const share = { partition: null, slices: null, activity: null }
    const shares = owner === null ? [] : [{ ...share, owner: pod(owner) }]
    return {
      key: `GPU-${index}`,
      model,
      holders: boardHolders({ ...place, shares, slices: null }, policy),
    }
  })
  return {
    ...place,
    instanceType: null,
    isSpot,
    part: 1,
    gpuModels: held.length > 0 ? [model] : [],
    holders: nodeHolders(place, uses, policy),
    boards: held,
  }
}

const HOUR = { slot: 0, seconds: 3600 }
const DAY = '2026-11-20'

/** What an hour of a node costs each account. */
function hourOf(book: PriceBook, node: HeldNode, date = DAY): readonly NodeEntry[] {
  const slot = { rate: null, kgPerKwh: null, estimated: false, bookDate: date, bucket: 0 }
  const ledger = createNodeLedger({ slots: [slot], steps: [[HOUR]] })
  ledger.charge(HOUR, nodeCharges(book, node, date).charges)
  return ledger.entries()
}

const allOf = (entries: readonly NodeEntry[]) =>
  total(entries.flatMap(({ infrastructure }) => Object.values(infrastructure.amounts)))

const of = (entries: readonly NodeEntry[], name: string) => {
  const found = entries.find(({ workload }) => workload?.kind === 'pod' && workload.pod === name)
  const { compute = 0n, gpu = 0n, storage = 0n, network = 0n } = found?.infrastructure.amounts ?? {}
  return [compute, gpu, storage, network].map((each) => Number(nearestMicros(each)) / 1e6)
}

describe('a node of 10 $ an hour with 8 GPUs that are 85 % of it (opencost#2901)', () => {
  const boards = ['train', 'train', 'train', 'infer', null, null, null, null]

  it('costs 1.0625 $ for each GPU, 1.50 $ for the rest, and 10 $ in all', () => {
    const entries = hourOf(bookWith(), nodeOf({ boards, uses: [use('infer', 0.5, null)] }))
    expect(of(entries, 'train')).toEqual([0, 3 * 1.0625, 0, 0])
    expect(of(entries, 'infer')).toEqual([0.75, 1.0625, 0, 0])
    const idle = entries.find(({ use: kind }) => kind === 'idle')
    expect(idle?.infrastructure.amounts).toMatchObject({
      compute: exact('0.75'),
      gpu: exact('4.25'),
    })
    expect(allOf(entries)).toBe(exact('10'))
  })

  it('does not become dearer by a price of its model: it is a part of the node', () => {
    const gpus = [{ models: ['*A100*'], prices: [{ from: '2026-01-01', per_hour: '3' }] }]
    const entries = hourOf(bookWith({ gpus }), nodeOf({ boards }))
    expect(of(entries, 'train')[1]).toBe(3 * 1.0625)
    expect(allOf(entries)).toBe(exact('10'))
  })

  it('keeps the price of a GPU when others of the node are not reported', () => {
    const entries = hourOf(bookWith(), nodeOf({ boards: ['train', 'train'] }))
    expect(of(entries, 'train')).toEqual([0, 2 * 1.0625, 0, 0])
    expect(allOf(entries)).toBe(exact('10'))
    const unknown = entries.find(({ use: kind }) => kind === 'unattributed')
    expect(unknown?.infrastructure.amounts.gpu).toBe(exact('6.375'))
  })

  it('is spot when its labels or the book say so', () => {
    expect(allOf(hourOf(bookWith(), nodeOf({ boards, isSpot: true })))).toBe(exact('4'))
    const named = { ...nodeOf({ boards }), node: 'spot-7' }
    const entries = hourOf(bookWith(), named)
    expect(allOf(entries)).toBe(exact('4'))
    expect(total(entries.map(({ infrastructure }) => infrastructure.spot))).toBe(exact('4'))
  })
})

const priced = (price: object, more: object = {}) =>
  bookWith({ classes: [{ name: 'all', prices: [{ from: '2026-01-01', ...price }] }], ...more })

describe('a price of nodes', () => {
  const modelPrice = (price: string) => ({
    gpus: [{ models: ['*A100*'], prices: [{ from: '2026-01-01', per_hour: price }] }],
  })

  it('has parts for storage and network, which go with compute', () => {
    const book = priced({ per_hour: '2', storage_share: '0.1', network_share: '0.05' })
    const entries = hourOf(book, nodeOf({ boards: [], uses: [use('web', 0.25, 0.5)] }))
    expect(of(entries, 'web')).toEqual([0.85, 0, 0.1, 0.05])
    expect(allOf(entries)).toBe(exact('2'))
  })

  it('takes the part of its GPUs from the prices of their models', () => {
    const entries = hourOf(
      priced({ per_hour: '10' }, modelPrice('3')),
      nodeOf({ boards: ['a', 'b'] }),
    )
    expect(of(entries, 'a')).toEqual([0, 3, 0, 0])
    expect(allOf(entries)).toBe(exact('10'))
  })

  it('is never exceeded by its GPUs, and that is told', () => {
    const book = priced({ per_hour: '10' }, modelPrice('20'))
    const node = nodeOf({ boards: ['a', 'b'] })
    expect(of(hourOf(book, node), 'a')).toEqual([0, 5, 0, 0])
    expect(nodeCharges(book, node, DAY).gaps).toEqual(['gpus_dearer_than_node'])
  })

  it('that does not say what its GPUs are of it tells so', () => {
    const { gaps } = nodeCharges(priced({ per_hour: '10' }), nodeOf({ boards: ['a'] }), DAY)
    expect(gaps).toEqual(['no_gpu_part'])
  })

  it('is that of the GPUs where the node has no class', () => {
    const book = bookWith({ classes: [], ...modelPrice('2.99') })
    expect(allOf(hourOf(book, nodeOf({ boards: ['a', null] })))).toBe(exact('5.98'))
    expect(nodeCharges(book, nodeOf({ boards: [] }), DAY).gaps).toEqual(['no_price'])
  })

  it('that is missing for spot capacity is no price at all', () => {
    const book = priced({ per_hour: '10' })
    const { charges, gaps } = nodeCharges(book, nodeOf({ boards: [], isSpot: true }), DAY)
    expect([charges, gaps]).toEqual([[], ['no_price']])
  })

  it('goes to the workloads whole by the policy proportional, by reservations where they have any', () => {
    const uses = [use('a', 0.3, 0.1), use('b', 0.1, 0.1)]
    const book = priced({ per_hour: '10' })
    const cost = (policy: IdlePolicy, name: string) =>
      of(hourOf(book, nodeOf({ boards: [], policy, uses })), name)[0]
    expect(cost('separate', 'a')).toBe(3)
    expect(cost('proportional', 'a')).toBe(7.5)
    expect(cost('reserved', 'a')).toBe(3.6)
  })
})

describe('the dates of a price book', () => {
  const book = priced(
    {},
    {
      time_zone: 'America/Los_Angeles',
      classes: [
        {
          name: 'all',
          prices: [
            { from: '2026-03-08', until: '2026-03-09', per_hour: '2' },
            { from: '2026-03-09', per_hour: '3' },
          ],
        },
      ],
    },
  )

  /** What the hours from a time on cost, charged in steps of so many seconds. */
  function spent(from: string, hours: number, stepSeconds: number): number {
    const count = (hours * 3600) / stepSeconds
    const begin = Date.parse(from) / 1000
    const rates = { tariff: null, intensity: null, book, edges: [begin] }
    const timeline = timelineOf({ from: begin, stepSeconds, count }, rates)
    const ledger = createNodeLedger(timeline)
    for (const shares of timeline.steps)
      for (const share of shares) {
        const date = timeline.slots[share.slot]?.bookDate ?? ''
        ledger.charge(share, nodeCharges(book, nodeOf({ boards: [] }), date).charges)
      }
    return numberOf(allOf(ledger.entries()))
  }

  it('are days of the zone: the day of 23 hours costs 46', () => {
    // 2026-03-08 in Los Angeles lasts from 08:00Z to 07:00Z.
    expect(spent('2026-03-08T08:00:00Z', 23, 3600)).toBe(46)
    expect(spent('2026-03-08T07:00:00Z', 25, 3600)).toBe(46 + 3)
  })

  it('divide a step that lies across midnight', () => {
    expect(spent('2026-03-09T06:00:00Z', 2, 7200)).toBe(2 + 3)
    expect(spent('2026-03-09T06:30:00Z', 1, 3600)).toBe(1 + 1.5)
  })
})

describe('a book', () => {
  it('is that of the cluster, else the first one for all', () => {
    const books = [bookWith({ name: 'all' }), bookWith({ name: 'own', clusters: ['seoul'] })]
    expect(bookOf(books, 'seoul')?.name).toBe('own')
    expect(bookOf(books, 'busan')?.name).toBe('all')
    expect(bookOf(books.slice(1), 'busan')).toBeNull()
  })

  it('knows nodes by name, instance type and model, all that are given', () => {
    const match = (changed: object, node: Partial<HeldNode>) => {
      const classes = [{ name: 'one', prices: [{ from: '2026-01-01', per_hour: '1' }], ...changed }]
      const charged = nodeCharges(
        bookWith({ classes, gpus: [] }),
        { ...nodeOf({ boards: [] }), ...node },
        DAY,
      )
      return charged.charges.length === 1
    }
    expect(match({ nodes: ['gpu-*'] }, { node: 'GPU-7' })).toBe(true)
    expect(match({ nodes: ['gpu-*'] }, { node: 'my-gpu-7' })).toBe(false)
    expect(match({ nodes: ['a.b'] }, { node: 'axb' })).toBe(false)
    expect(match({ instance_types: ['p5.48xlarge'] }, { instanceType: 'p5.48xlarge' })).toBe(true)
    expect(match({ instance_types: ['p5.48xlarge'] }, { instanceType: null })).toBe(false)
    expect(match({ gpu_models: ['*H100*'] }, { gpuModels: ['NVIDIA H100 80GB HBM3'] })).toBe(true)
    expect(match({ nodes: ['n*'], gpu_models: ['*H100*'] }, { node: 'n1', gpuModels: [] })).toBe(
      false,
    )
  })
})

describe('nodes of random workloads', () => {
  it('cost exactly their price × time, whoever holds what', () => {
    const anyUse = fc
      .record({
        name: fc.integer({ min: 0, max: 12 }),
        used: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        reserved: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      })
      .map(({ name, used, reserved }) => use(`p${name}`, used, reserved))
    const anyBoards = fc.array(
      fc.option(fc.integer({ min: 0, max: 12 }).map((name) => `p${name}`)),
      {
        maxLength: 8,
      },
    )
    fc.assert(
      fc.property(
        fc.array(fc.record({ uses: fc.array(anyUse), boards: anyBoards }), { minLength: 1 }),
        fc.constantFrom('separate', 'proportional', 'reserved'),
        fc.bigInt({ min: 1n, max: 10n ** 21n }),
        (steps, policy, perHour) => {
          const book = priced({ per_hour: '1', gpu_share: '0.7', storage_share: '0.2' })
          const own = book.classes[0]
          if (own === undefined) throw new Error('no class')
          const prices = own.prices.map((price) => ({ ...price, perHour }))
          const dear = { ...book, classes: [{ ...own, prices }] }
          const rates = { tariff: null, intensity: null, book: dear, edges: [0] }
          const from = Date.parse('2026-05-01T00:00:00Z') / 1000
          const timeline = timelineOf({ from, stepSeconds: 300, count: steps.length }, rates)
          const ledger = createNodeLedger(timeline)
          for (const [step, { uses, boards }] of steps.entries())
            for (const share of timeline.steps[step] ?? []) {
              const date = timeline.slots[share.slot]?.bookDate ?? ''
              const node = nodeOf({ boards, uses, policy })
              ledger.charge(share, nodeCharges(dear, node, date).charges)
            }
          const entries = ledger.entries()
          const exactly = (perHour * BigInt(steps.length)) / 12n
          const difference = allOf(entries) - exactly
          expect(difference >= -1n && difference <= 1n).toBe(true)
          for (const { infrastructure } of entries)
            for (const amount of Object.values(infrastructure.amounts))
              expect(amount >= 0n).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })
})
