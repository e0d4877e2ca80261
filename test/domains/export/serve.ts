import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { cost } from '../../../src/domains/cost/index.ts'
import { exporting } from '../../../src/domains/export/index.ts'
import { monitoring } from '../../../src/domains/monitoring/index.ts'
import type { Now } from '../../../src/kernel/clock.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { createScopes } from '../../../src/services/clusters/index.ts'
import { createJobs } from '../../../src/services/jobs/index.ts'
import { openStore } from '../../../src/services/store/index.ts'
import { createReports } from '../../../src/services/reports/index.ts'
import { createFleet, type Fleet, type FleetMember } from '../../support/fleet.ts'
import { costsOver } from '../../support/cost.ts'
import { NO_RULES } from '../../support/monitoring.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

export const LIMITS = {
  rows: 100_000,
  bytes: 100_000_000,
  concurrent: 4,
  jobRows: 1_000_000,
  jobBytes: 1_000_000_000,
}
const JOB_LIMITS = { concurrent: 1, most: 10, spoolBytes: 1_000_000_000, expirySeconds: 3600 }

/** The routes of exports, and those of monitoring and cost to compare with, over clusters made of text. */
export async function serveExports(
  members: Readonly<Record<string, FleetMember>>,
  limits: Partial<typeof LIMITS> = {},
): Promise<{ readonly app: TestApp; readonly fleet: Fleet }> {
  const clock = fakeClock()
  const fleet = createFleet(members, clock.now, SOURCES)
  const { telemetry } = fleet
  const reader = createFleetReader({ telemetry, identity: NO_RULES })
  const costs = costsOver({ telemetry, fleet: reader })
  const { jobs, remove } = await jobsIn(clock.now)
  const exports = exporting({
    telemetry,
    fleet: reader,
    now: clock.now,
    reports: createReports({
      telemetry,
      fleet: reader,
      costs,
      assumedPue: 1.3,
      now: clock.now,
      simulated: false,
      version: '0.0.0-test',
    }),
    exports: { limits: { ...LIMITS, ...limits } },
    jobs,
    scopes: createScopes(),
    version: { version: '0.0.0-test' },
    simulated: false,
  })
  const app = await createTestApp(
    [
      exports,
      monitoring({ telemetry, fleet: reader, assumedPue: null }),
      cost({ costs, now: clock.now }),
    ],
    { clock },
  )
  const close = async (): Promise<void> => {
    await app.close()
    await remove()
  }
  return { app: { ...app, close }, fleet }
}

/** Exports in the background, in a directory and a store that go with them. */
async function jobsIn(now: Now) {
  const directory = await mkdtemp(join(tmpdir(), 'exports-'))
  const store = await openStore({ path: ':memory:' })
  const jobs = createJobs({
    store: store.exportJobs,
    directory,
    limits: JOB_LIMITS,
    now,
    lookSeconds: 0,
    onError: (error) => {
      throw error
    },
  })
  return {
    jobs,
    remove: async () => {
      await jobs.close()
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Eight GPUs of two nodes that draw more and more. */
export const GPUS = Array.from({ length: 8 }, (_, index) => {
  const node = index < 4 ? 'node-a' : 'node-b'
  const labels = `UUID="GPU-${index}",Hostname="${node}",gpu="${index % 4}",modelName="NVIDIA A100"`
  return [
    `DCGM_FI_DEV_POWER_USAGE{${labels}} ${100 + index} 0.01`,
    `DCGM_FI_DEV_GPU_UTIL{${labels}} ${index * 10}`,
  ].join('\n')
}).join('\n')
