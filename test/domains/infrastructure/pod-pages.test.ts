import { afterEach, describe, expect, it } from 'vitest'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { infrastructure } from '../../../src/domains/infrastructure/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { createWorld } from '../../../src/simulator/world.ts'
import { simulatedFleet } from '../../support/simulated-fleet.ts'
import { createTestApp, fakeClock } from '../../support/test-app.ts'
import { DOWN, LATE, serveInfrastructure, type Body, type Served } from './served.ts'

/** So many pods are never read by name, so the answer is made of everything that is known. */
const WHOLE = 'limit=1000'

interface Whole extends Pick<Body, 'meta'> {
  readonly data: readonly { readonly cluster: string; readonly namespace: string }[]
}

let served: Served | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

describe('a page of GET /infrastructure/pods', () => {
  it('is a part of the whole list, to the last digit', async () => {
    const clock = fakeClock()
    const identity = { rewrites: [], bmcs: [] }
    const { telemetry } = simulatedFleet(createWorld({ seed: 3 }), clock.now, SOURCES)
    const fleet = createFleetReader({ telemetry, identity })
    const app = await createTestApp([infrastructure({ telemetry, fleet, identity })], { clock })
    const get = async (query: string): Promise<Whole> =>
      JSON.parse((await app.get(`/api/v1/infrastructure/pods?${query}`)).body)

    const whole = await get(WHOLE)
    expect(whole.data.length).toBeGreaterThan(200)
    for (const offset of [0, 40, whole.data.length - 5, whole.data.length]) {
      const page = await get(`limit=20&offset=${offset}`)
      expect(page.data).toEqual(whole.data.slice(offset, offset + 20))
      expect(page.meta.page?.total).toBe(whole.data.length)
      expect(page.meta.clusters).toEqual(whole.meta.clusters)
      expect(page.meta.warnings).toEqual(whole.meta.warnings)
    }
    const own = whole.data.filter((row) => row.namespace === 'serving')
    const page = await get('limit=7&namespace=serving&cluster=seoul,busan')
    const expected = own.filter((row) => row.cluster !== 'daejeon')
    expect(page.data).toEqual(expected.slice(0, 7))
    expect(page.meta.page?.total).toBe(expected.length)
    await app.close()
  })

  it('has the pods of kubelets and of power where Kubernetes lists none', async () => {
    served = await serveInfrastructure({
      seoul: `
        container_memory_working_set_bytes{namespace="ml",pod="a",container="main",instance="n:10250"} 5
        DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="n",namespace="ml",pod="b",container="main"} 300
      `,
    })
    const { data, meta } = await served.get('/pods?limit=1&offset=1')
    expect(data).toMatchObject([{ pod: 'b', power_watts: 300 }])
    expect(meta.page).toEqual({ total: 2, limit: 1, offset: 1 })
  })

  it('has them beside the pods of a cluster that lists its own, and none of a cluster that is down', async () => {
    const listed = 'kube_pod_info{namespace="ml",pod="c",uid="1",node="n"} 1'
    const using =
      'container_cpu_usage_seconds_total{namespace="ml",pod="d",container="x",instance="n:10250"} 0 1'
    served = await serveInfrastructure({ seoul: `${listed}\n${using}`, busan: LATE, ulsan: DOWN })
    const { data, meta } = await served.get('/pods')
    const whole = await served.get(`/pods?${WHOLE}`)
    expect(data.map(({ pod }: { pod: string }) => pod)).toEqual(['c', 'd'])
    expect(data).toEqual(whole.data)
    expect(meta.status).toBe('partial')
    expect(meta.clusters).toEqual(whole.meta.clusters)
  })

  it('asks for everything but their watts by their names', async () => {
    const pods = Array.from({ length: 30 }, (_, n) => `${n}`.padStart(2, '0'))
    const text = pods.map(
      (n) => `kube_pod_info{namespace="ml",pod="p-${n}",uid="${n}",node="n"} 1
      kube_pod_container_status_running{namespace="ml",pod="p-${n}",container="m"} 1`,
    )
    served = await serveInfrastructure({ seoul: text.join('\n') })
    await served.get('/pods?limit=2&offset=10')
    const states = served.fleet.queries.filter((query) => query.includes('status_running'))
    expect(states).toHaveLength(1)
    expect(states[0]).toContain('p-10|p-11')
  })
})
