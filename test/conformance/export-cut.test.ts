import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { requireReal, startPrometheus } from '../support/real-prometheus.ts'
import { CREDENTIALS, wholeServer } from '../support/whole-server.ts'

const END = Math.floor(Date.now() / 1000 / 3600) * 3600
const GPUS = 100

function* history(): Generator<string> {
  yield '# TYPE DCGM_FI_DEV_POWER_USAGE gauge\n'
  for (let gpu = 0; gpu < GPUS; gpu += 1) {
    const labels = `UUID="GPU-${gpu}",Hostname="node-${gpu}",gpu="0",modelName="${'NVIDIA H100 '.repeat(8)}"`
    for (let time = END - 7200; time <= END; time += 60)
      yield `DCGM_FI_DEV_POWER_USAGE{${labels}} ${100 + gpu + (time % 7)} ${time}\n`
  }
  yield '# EOF\n'
}

async function begin(url: string, path: string): Promise<IncomingMessage> {
  const { username, password } = CREDENTIALS
  const sent = request(`${url}/api/v1${path}`, { auth: `${username}:${password}` })
  sent.end()
  const [reply] = (await once(sent, 'response')) as [IncomingMessage]
  return reply
}

async function rest(reply: IncomingMessage, onFirst: () => Promise<void>) {
  let text = ''
  for await (const piece of reply) {
    if (text === '') await onFirst()
    text += String(piece)
  }
  return text
}

describe.skipIf(!requireReal('prometheus', 'prometheus'))('an export of a real Prometheus', () => {
  it('is no whole file when the server is killed in the middle of it', async () => {
    const prometheus = await startPrometheus({ openMetrics: history() })
    const server = await wholeServer([{ name: 'seoul', url: prometheus.url, timeout: 3 }])
    try {
      const url = await server.listen()
      // 7,000 points of 100 devices: some 100 MB, far more than lies between server and client.
      const window = `start=${END - 7000}&end=${END}&step=1s`
      const path = `/export/metrics?metric=power_watts&format=ndjson&${window}`
      const reply = await begin(url, path)
      expect(reply.statusCode).toBe(200)
      await expect(rest(reply, () => prometheus.kill())).rejects.toThrow(/aborted/)
      expect(reply.trailers).toEqual({})
      const [, manifest = ''] = /<\/api\/v1(.+)>/.exec(String(reply.headers['link'])) ?? []
      expect((await server.get(manifest)).body.data.state).toBe('failed')
    } finally {
      await server.close()
      await prometheus.stop()
    }
  })
})
