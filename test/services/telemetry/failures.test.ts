import { describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleet } from '../../support/fleet.ts'
import { fakeClock } from '../../support/test-app.ts'

const POWER = 'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="gpu-1"} 300'
const HUNG = { fails: new KCloudError('backend_timeout', { detail: 'did not answer within 5 s' }) }
const REFUSED = { fails: new KCloudError('backend_unreachable', { detail: 'refused' }) }

function serve() {
  const clock = fakeClock()
  const fleet = createFleet({ seoul: POWER, busan: HUNG }, clock.now)
  const know = (signal: AbortSignal) =>
    fleet.telemetry.known({
      entity: 'gpu',
      labels: ['uuid'],
      at: clock.now(),
      shelf: 'realtime',
      signal,
    })
  const read = (signal: AbortSignal) =>
    fleet.telemetry.latest({
      entity: 'gpu',
      labels: ['uuid'],
      measures: ['power_watts'],
      at: clock.now(),
      shelf: 'realtime',
      signal,
    })
  const asked = (cluster: string) => ({
    looks: fleet.looks.filter((query) => query.startsWith(cluster)).length,
    queries: fleet.queries.filter((query) => query.startsWith(cluster)).length,
  })
  return { fleet, know, read, asked }
}

describe('the questions of one answer', () => {
  it('put no second one to a cluster that failed the first, and report it each time', async () => {
    const { know, read, asked } = serve()
    const { signal } = new AbortController()
    const first = await know(signal)
    const second = await read(signal)
    expect(asked('busan')).toEqual({ looks: 1, queries: 0 })
    // Two questions, and once for the answer which exporters are silent and which stand still.
    expect(asked('seoul')).toMatchObject({ queries: 4 })
    for (const { clusters, warnings } of [first, second]) {
      expect(clusters).toEqual([
        { name: 'seoul', status: 'ok' },
        { name: 'busan', status: 'timeout' },
      ])
      expect(warnings).toEqual([
        { code: 'cluster_unavailable', cluster: 'busan', detail: 'did not answer within 5 s' },
      ])
    }
  })

  it('fail by all the reasons there were, not by the last alone', async () => {
    const { fleet, know, read } = serve()
    const { signal } = new AbortController()
    await know(signal)
    fleet.set('seoul', REFUSED)
    await expect(read(signal)).rejects.toMatchObject({
      kind: 'backend_unreachable',
      detail: 'no cluster answered (seoul: refused; busan: did not answer within 5 s)',
    })
  })

  it('have nothing to do with those of another answer', async () => {
    const { fleet, know, read, asked } = serve()
    await know(new AbortController().signal)
    fleet.set('busan', POWER)
    const { clusters } = await read(new AbortController().signal)
    expect(asked('busan')).toMatchObject({ queries: 3 })
    expect(clusters.map(({ status }) => status)).toEqual(['ok', 'ok'])
  })
})
