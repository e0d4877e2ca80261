import { describe, expect, it } from 'vitest'
import type { Cluster, World } from '../../src/simulator/datacentre.ts'
import { occupanciesWithin, occupancyAt, busyAt } from '../../src/simulator/lane.ts'
import { sizedCluster } from '../../src/simulator/plan.ts'
import { podAt, podsWithin } from '../../src/simulator/pods.ts'
import { allocationsAt } from '../../src/simulator/truth.ts'
import { clusterOf, createWorld } from '../../src/simulator/world.ts'

const NOON = Date.UTC(2026, 10, 20, 3) / 1000
const DAY = 86_400
const world = createWorld({ seed: 1 })

function devicesOf(place: World | Cluster) {
  const nodes = 'clusters' in place ? place.clusters.flatMap((each) => each.nodes) : place.nodes
  return nodes.flatMap(({ devices }) => devices)
}
const lanesOf = (cluster: Cluster) => cluster.nodes.flatMap(({ lanes }) => lanes)

describe('a world', () => {
  it('is the same for the same seed, and another for another', () => {
    const uuids = (seed: number) => devicesOf(createWorld({ seed })).map(({ uuid }) => uuid)
    expect(uuids(1)).toEqual(uuids(1))
    expect(uuids(2)).not.toEqual(uuids(1))
  })

  it('has three clusters of different size by default', () => {
    const sizes = world.clusters.map((cluster) => ({
      name: cluster.name,
      nodes: cluster.nodes.length,
      gpus: devicesOf(cluster).filter(({ model }) => model.vendor === 'nvidia').length,
      npus: devicesOf(cluster).filter(({ model }) => model.vendor !== 'nvidia').length,
    }))
    expect(sizes).toEqual([
      { name: 'seoul', nodes: 16, gpus: 48, npus: 20 },
      { name: 'busan', nodes: 9, gpus: 24, npus: 8 },
      { name: 'daejeon', nodes: 5, gpus: 16, npus: 4 },
    ])
  })

  it('gives every device of the world a UUID of its own', () => {
    const uuids = devicesOf(world).map(({ uuid }) => uuid)
    expect(new Set(uuids).size).toBe(uuids.length)
  })

  it('repeats node names from cluster to cluster', () => {
    for (const cluster of world.clusters)
      expect(cluster.nodes.map(({ name }) => name)).toContain('gpu-worker-1')
  })

  it('refuses a cluster that it does not have', () => {
    expect(() => clusterOf(world, 'jeju')).toThrow(expect.objectContaining({ kind: 'not_found' }))
  })

  it('grows to 1,000 nodes of 8 GPUs and 20,000 pods, each with a name of its own', () => {
    const plan = sizedCluster({ name: 'large', nodes: 1000, gpusPerNode: 8, pods: 20_000 })
    const [large] = createWorld({ seed: 1, clusters: [plan] }).clusters
    const lanes = lanesOf(large!)
    expect(devicesOf(large!)).toHaveLength(8000)
    expect(lanes).toHaveLength(20_000)
    const names = lanes.flatMap((lane) => {
      const pod = podAt(lane, NOON)
      return pod === undefined ? [] : `${pod.namespace}/${pod.name}`
    })
    expect(names.length).toBeGreaterThan(17_000)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('a seat', () => {
  const devices = devicesOf(world)

  it('has a share of its device, and the shares never exceed it', () => {
    for (const { seats } of devices) {
      const sum = seats.reduce((total, { share }) => total + share, 0)
      expect(sum).toBeGreaterThan(0)
      expect(sum).toBeLessThanOrEqual(1 + 1e-12)
    }
  })

  it('takes all ways of sharing a device', () => {
    const ways = new Set(devices.map(({ sharing }) => sharing))
    expect([...ways].sort()).toEqual(['cores', 'mig', 'sliced', 'whole'])
  })

  it('has the profile and an instance id of its own under MIG', () => {
    const card = devices.find(({ sharing }) => sharing === 'mig')
    expect(card?.seats.map(({ mig }) => mig)).toEqual([
      { profile: '3g.40gb', instanceId: 2 },
      { profile: '2g.20gb', instanceId: 3 },
      { profile: '1g.10gb', instanceId: 7 },
      { profile: '1g.10gb', instanceId: 8 },
    ])
  })
})

describe('an allocation', () => {
  it('is exclusive, unless the device is shared', () => {
    for (let hour = 0; hour < 24 * 7; hour += 5) {
      for (const cluster of world.clusters) {
        const taken = allocationsAt(cluster, NOON + hour * 3600).map(({ device, seat }) => ({
          device: device.uuid,
          seat: device.seats.indexOf(seat),
        }))
        const keys = taken.map(({ device, seat }) => `${device} ${seat}`)
        expect(new Set(keys).size).toBe(keys.length)
      }
    }
  })

  it('changes as jobs end and others begin', () => {
    const [seoul] = world.clusters
    const held = (at: number) =>
      allocationsAt(seoul!, at).map(({ device, pod }) => `${device.uuid} ${pod.name}`)
    expect(held(NOON + 2 * DAY)).not.toEqual(held(NOON))
    expect(held(NOON)).toEqual(held(NOON))
  })

  it('spans nodes for a job with several workers', () => {
    const [seoul] = world.clusters
    const nodesByJob = new Map<string, Set<string>>()
    for (const { node, pod } of allocationsAt(seoul!, NOON)) {
      if (pod.ownerKind !== 'PyTorchJob') continue
      const nodes = nodesByJob.get(pod.ownerName) ?? new Set()
      nodesByJob.set(pod.ownerName, nodes.add(node.name))
    }
    expect(Math.max(...[...nodesByJob.values()].map(({ size }) => size))).toBe(4)
  })
})

describe('a lane', () => {
  const lanes = world.clusters.flatMap(lanesOf)
  const week = { from: NOON, until: NOON + 7 * DAY }

  it('holds one pod at a time, in order, each counted once', () => {
    for (const lane of lanes) {
      const held = occupanciesWithin(lane, week)
      for (const [order, { from, until, index }] of held.entries()) {
        expect(until).toBeGreaterThan(from)
        const next = held[order + 1]
        if (next === undefined) continue
        expect(next.from).toBeGreaterThanOrEqual(until)
        expect(next.index).toBe(index + 1)
      }
    }
  })

  it('says the same of a moment as of the time around it', () => {
    for (const lane of lanes) {
      for (let at = NOON; at < NOON + 2 * DAY; at += 7919) {
        const around = occupanciesWithin(lane, { from: at - 60, until: at + 60 })
        const there = around.find(({ from, until }) => from <= at && at < until)
        expect(occupancyAt(lane, at)).toEqual(there)
      }
    }
  })

  it('works only while somebody holds it, and never more than all of the time', () => {
    for (const lane of lanes) {
      for (let at = NOON + 0.5; at < NOON + 2 * DAY; at += 3571) {
        const busy = busyAt(lane, at)
        expect(busy).toBeGreaterThanOrEqual(0)
        expect(busy).toBeLessThanOrEqual(1)
        if (occupancyAt(lane, at) === undefined) expect(busy).toBe(0)
      }
    }
  })

  it('gives each job a new pod name, and each pod a new UID', () => {
    const training = lanes.find(({ kind }) => kind === 'training')
    const pods = podsWithin(training!, week)
    expect(pods.length).toBeGreaterThan(3)
    expect(new Set(pods.map(({ name }) => name)).size).toBe(pods.length)
    const notebook = lanes.find(({ kind }) => kind === 'interactive')
    const days = podsWithin(notebook!, week)
    expect(new Set(days.map(({ name }) => name)).size).toBe(1)
    expect(new Set(days.map(({ uid }) => uid)).size).toBe(days.length)
  })
})
