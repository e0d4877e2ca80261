import type { World } from '../../src/simulator/datacentre.ts'
import type { Fault } from '../../src/simulator/faults.ts'
import type { ClusterPlan } from '../../src/simulator/plan.ts'
import { createWorld } from '../../src/simulator/world.ts'

const PLAN: ClusterPlan = {
  name: 'site',
  region: 'lab',
  description: 'Everything that there is, and nothing that begins or ends by day',
  groups: [
    {
      role: 'gpu',
      count: 1,
      devices: { model: 'h100', count: 3 },
      layouts: [
        [
          { cards: 1, use: 'serving' },
          { cards: 1, use: 'reserved' },
        ],
      ],
    },
    {
      role: 'gpu',
      count: 1,
      devices: { model: 'a100', count: 2 },
      layouts: [
        [
          {
            mig: [
              { profile: '3g.20gb', use: 'serving' },
              { profile: '2g.10gb', use: 'serving' },
              { profile: '1g.5gb', use: 'reserved' },
              { profile: '1g.5gb', use: 'free' },
            ],
          },
        ],
      ],
    },
    {
      role: 'gpu',
      count: 1,
      devices: { model: 'l40s', count: 1 },
      layouts: [[{ sliced: ['serving', 'reserved', 'serving', 'free'] }]],
    },
    {
      role: 'npu',
      count: 1,
      devices: { model: 'rngd', count: 2 },
      layouts: [
        [
          { cards: 1, use: 'serving' },
          {
            cores: [
              { range: '0-3', use: 'serving' },
              { range: '4-7', use: 'reserved' },
            ],
          },
        ],
      ],
    },
    {
      role: 'npu',
      count: 1,
      devices: { model: 'atom', count: 2 },
      layouts: [[{ cards: 1, use: 'serving' }]],
    },
    { role: 'control_plane', count: 1, layouts: [[]] },
    {
      role: 'hypervisor',
      count: 1,
      layouts: [[]],
      guests: [
        [
          { name: 'web', flavor: 'large', project: 'web', use: 'serving' },
          { name: 'idle', flavor: 'small', project: 'data', use: 'reserved' },
          { name: 'old', flavor: 'small', project: 'data', use: 'off' },
        ],
      ],
    },
  ],
  servicePods: { cpu: 3, accelerated: 2 },
  scrapeSeconds: 30,
  dcgm: {
    hostname: 'hostname',
    exporterLabels: true,
    honorLabels: false,
    driverVersion: '570.86.15',
    extraCounters: true,
  },
  kepler: true,
  watchesMachines: true,
  bmc: { dialect: 'dell', namesNode: true },
  furiosaMemory: true,
}

/** One cluster, `site`, with every kind of thing; pods only change in the small hours of Seoul. */
export const quietWorld = (faults: readonly Fault[] = []): World =>
  createWorld({ seed: 11, clusters: [PLAN], faults })
