import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startFakePrometheus, type FakePrometheus } from '../../support/fake-prometheus.ts'
import { wholeServer, type WholeServer } from '../../support/whole-server.ts'

const gpu = (uuid: string, watts: number) =>
  `DCGM_FI_DEV_POWER_USAGE{UUID="${uuid}",gpu="0",Hostname="${uuid}-node",modelName="NVIDIA H100"} ${watts}`

let seoul: FakePrometheus
let busan: FakePrometheus
let directory: string
let server: WholeServer | undefined
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clusters-'))
  seoul = await startFakePrometheus({ samples: gpu('GPU-seoul', 300) })
  busan = await startFakePrometheus({ samples: gpu('GPU-busan', 400) })
})
afterAll(async () => {
  await Promise.all([seoul.close(), busan.close()])
  await rm(directory, { recursive: true, force: true })
})
afterEach(() => server?.close())

async function start(environment: Readonly<Record<string, string>>) {
  await server?.close()
  server = await wholeServer([{ name: 'seoul', url: seoul.url }], {
    CLUSTER_URL_ALLOW: `127.0.0.1:${busan.port}`,
    ...environment,
  })
  return server
}
const uuids = async ({ get }: WholeServer) =>
  (await get('/accelerators/gpus')).body.data.map(({ uuid }: { uuid: string }) => uuid)
const names = async ({ get }: WholeServer) =>
  (await get('/clusters')).body.data.map(({ name }: { name: string }) => name)

describe('a cluster that was added', () => {
  it('is asked from then on, and so are no answers of before served again', async () => {
    const running = await start({})
    expect(await uuids(running)).toEqual(['GPU-seoul'])
    const added = await running.send('POST', '/clusters', { name: 'busan', url: busan.url })
    expect(added.status).toBe(201)
    expect((await uuids(running)).sort()).toEqual(['GPU-busan', 'GPU-seoul'])
    expect((await running.send('DELETE', '/clusters/busan')).status).toBe(204)
    expect(await uuids(running)).toEqual(['GPU-seoul'])
    expect((await running.get('/accelerators/gpus?cluster=busan')).status).toBe(404)
  })

  it('is there after a restart with its secrets, and gone for good once removed', async () => {
    const state = {
      STATE_PATH: join(directory, 'state.db'),
      STATE_KEY: randomBytes(32).toString('base64'),
    }
    const first = await start(state)
    const entry = { name: 'busan', url: busan.url, bearer_token: 'hunter2-token' }
    expect((await first.send('POST', '/clusters', entry)).status).toBe(201)

    const second = await start(state)
    expect(await names(second)).toEqual(['seoul', 'busan'])
    const before = busan.requests.length
    expect((await uuids(second)).sort()).toEqual(['GPU-busan', 'GPU-seoul'])
    expect(busan.requests.slice(before)[0]?.headers.authorization).toBe('Bearer hunter2-token')
    expect((await second.send('DELETE', '/clusters/busan')).status).toBe(204)

    expect(await names(await start(state))).toEqual(['seoul'])
  })

  it('is left out when its secrets cannot be opened, and can still be removed', async () => {
    const key = () => ({ STATE_KEY: randomBytes(32).toString('base64') })
    const state = { STATE_PATH: join(directory, 'other-key.db') }
    const first = await start({ ...state, ...key() })
    await first.send('POST', '/clusters', { name: 'busan', url: busan.url, bearer_token: 'secret' })
    const second = await start({ ...state, ...key() })
    expect(await names(second)).toEqual(['seoul'])
    expect((await second.send('DELETE', '/clusters/busan')).status).toBe(204)
    expect((await second.send('DELETE', '/clusters/busan')).status).toBe(404)
  })
})
