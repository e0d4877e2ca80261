import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Device, Node } from '../../src/simulator/datacentre.ts'
import type { Fault } from '../../src/simulator/faults.ts'
import {
  clusterJoules,
  clusterWatts,
  nodeJoules,
  nodeWatts,
  type NodeWatts,
} from '../../src/simulator/node-truth.ts'
import {
  boardJoules,
  boardWatts,
  countedJoules,
  deviceBusy,
  deviceMemoryMb,
  loadedAt,
  seatJoules,
  seatWatts,
} from '../../src/simulator/truth.ts'
import { createWorld } from '../../src/simulator/world.ts'

const NOON = Date.UTC(2026, 10, 20, 3) / 1000
const WEEK = 7 * 86_400

const FAULTS: readonly Fault[] = [
  {
    kind: 'device_lost',
    target: { cluster: 'busan', node: 'gpu-worker-1', device: 2 },
    from: NOON + 100,
    until: NOON + 400,
    everySeconds: 3600,
  },
  {
    kind: 'node_down',
    target: { cluster: 'busan', node: 'gpu-worker-2' },
    from: NOON + 200,
    until: NOON + 900,
  },
  {
    kind: 'counter_reset',
    target: { cluster: 'busan', node: 'gpu-worker-1', device: 3 },
    from: NOON + 500,
    until: NOON + 501,
  },
]
const world = createWorld({ seed: 1, faults: FAULTS })
const nodes = world.clusters.flatMap((cluster) => cluster.nodes)
const devices = nodes.flatMap((node) => node.devices)

const busan = world.clusters[1]!
const nodeOf = (name: string): Node => busan.nodes.find((node) => node.name === name)!
const lost: Device = nodeOf('gpu-worker-1').devices[2]!
const reset: Device = nodeOf('gpu-worker-1').devices[3]!
const dark: Node = nodeOf('gpu-worker-2')

/** Exact, since nothing bends within a second. */
function middleSum(at: (seconds: number) => number, from: number, until: number): number {
  let sum = 0
  for (let second = from; second < until; second += 1) sum += at(second + 0.5)
  return sum
}

const start = fc.integer({ min: NOON - WEEK, max: NOON + WEEK })
const length = fc.integer({ min: 1, max: 4000 })
const device = fc.constantFrom(...devices, lost, reset)
const node = fc.constantFrom(...nodes, dark)

describe('the energy of a board', () => {
  it('is the integral of its power, also across faults', () => {
    fc.assert(
      fc.property(device, start, length, (board, from, seconds) => {
        const until = from + seconds
        const exact = boardJoules(board, { from, until })
        expect(exact).toBeCloseTo(
          middleSum((at) => boardWatts(board, at), from, until),
          2,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('is what idling, its seats and noise take', () => {
    fc.assert(
      fc.property(device, start, length, (board, from, seconds) => {
        const span = { from, until: from + seconds }
        const seats = board.seats.reduce((sum, seat) => sum + seatJoules(board, seat, span), 0)
        const active = middleSum(
          (at) => board.seats.reduce((sum, seat) => sum + seatWatts(board, seat, at), 0),
          from,
          span.until,
        )
        expect(seats).toBeCloseTo(active, 2)
        expect(seats).toBeLessThanOrEqual(boardJoules(board, span) + 1e-6)
      }),
      { numRuns: 40 },
    )
  })
})

describe('the power of a board', () => {
  it('lies between nothing and its limit', () => {
    fc.assert(
      fc.property(device, start, (board, at) => {
        const watts = boardWatts(board, at)
        expect(watts).toBeGreaterThanOrEqual(0)
        expect(watts).toBeLessThanOrEqual(board.model.powerLimitWatts)
      }),
    )
  })

  it('is near the limit for training and low without work', () => {
    const limits = devices.map((board) => ({
      share: boardWatts(board, NOON) / board.model.powerLimitWatts,
      busy: deviceBusy(board, NOON),
    }))
    expect(limits.filter(({ share, busy }) => busy > 0.85 && share > 0.8).length).toBeGreaterThan(
      20,
    )
    expect(limits.filter(({ busy }) => busy === 0).every(({ share }) => share < 0.25)).toBe(true)
  })

  it('is that of an idle board while it is lost, and nothing without power', () => {
    expect(boardWatts(lost, NOON + 200)).toBe(lost.model.idleWatts)
    expect(boardWatts(lost, NOON + 3600 + 200)).toBe(lost.model.idleWatts)
    expect(dark.devices.map((board) => boardWatts(board, NOON + 300))).toEqual(
      dark.devices.map(() => 0),
    )
  })
})

describe('the counter of a board', () => {
  it('grows by the energy in between, until it begins again', () => {
    const span = { from: NOON - 4000, until: NOON }
    const grown = countedJoules(reset, span.until) - countedJoules(reset, span.from)
    expect(grown).toBeCloseTo(boardJoules(reset, span), 3)
    expect(countedJoules(reset, NOON + 510)).toBeLessThan(12 * reset.model.powerLimitWatts)
    expect(loadedAt(reset, NOON + 510)).toBe(NOON + 500)
  })

  it('begins again when a lost board is back, and after an outage', () => {
    expect(loadedAt(lost, NOON + 450)).toBe(NOON + 400)
    expect(loadedAt(lost, NOON + 3600 + 450)).toBe(NOON + 3600 + 400)
    expect(dark.devices.map((board) => loadedAt(board, NOON + 1000))).toEqual(
      dark.devices.map(() => NOON + 900),
    )
  })
})

describe('the memory of a device', () => {
  it('is never more than there is', () => {
    fc.assert(
      fc.property(device, start, (board, at) => {
        const used = deviceMemoryMb(board, at)
        expect(used).toBeGreaterThanOrEqual(0)
        expect(used).toBeLessThanOrEqual(board.model.memoryMb - board.model.reservedMb)
      }),
    )
  })
})

describe('a node', () => {
  const parts = (watts: NodeWatts) =>
    watts.cpu + watts.dram + watts.accelerators + watts.base + watts.fans

  it('draws what its parts and its power supplies take', () => {
    fc.assert(
      fc.property(node, start, (server, at) => {
        const watts = nodeWatts(server, at)
        expect(parts(watts) + watts.supplyLoss).toBeCloseTo(watts.total, 9)
        expect(watts.total).toBeGreaterThanOrEqual(watts.cpu + watts.dram + watts.accelerators)
        expect(Math.min(...(Object.values(watts) as number[]))).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('takes the energy that its power adds up to, also across outages', () => {
    fc.assert(
      fc.property(node, start, fc.integer({ min: 1, max: 1500 }), (server, from, seconds) => {
        const until = from + seconds
        const exact = nodeJoules(server, { from, until })
        for (const part of ['cpu', 'dram', 'accelerators', 'fans', 'total'] as const)
          expect(exact[part]).toBeCloseTo(
            middleSum((at) => nodeWatts(server, at)[part], from, until),
            2,
          )
      }),
      { numRuns: 20 },
    )
  })

  it('draws nothing during an outage, and takes no energy for it', () => {
    expect(nodeWatts(dark, NOON + 300).total).toBe(0)
    expect(nodeJoules(dark, { from: NOON + 200, until: NOON + 900 }).total).toBe(0)
  })

  it('is part of a cluster that draws what its nodes draw', () => {
    const sum = busan.nodes.reduce((total, server) => total + nodeWatts(server, NOON).total, 0)
    expect(clusterWatts(busan, NOON).total).toBeCloseTo(sum, 6)
    const hour = { from: NOON, until: NOON + 3600 }
    const energy = busan.nodes.reduce((total, server) => total + nodeJoules(server, hour).total, 0)
    expect(clusterJoules(busan, hour).total).toBeCloseTo(energy, 3)
  })
})
