import { createServer } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The scale of one workload, on a real port of 127.0.0.1. */
export interface FakeKubernetes {
  readonly kubeconfig: string
  readonly asked: readonly string[]
  replicas: number
  /** Answers everything with this status; null answers as it should be. */
  fails: number | null
  close(): Promise<void>
}

export async function startFakeKubernetes(): Promise<FakeKubernetes> {
  const asked: string[] = []
  const dir = await mkdtemp(join(tmpdir(), 'kubernetes-'))
  const kubeconfig = join(dir, 'config')
  const state = { replicas: 12, fails: null as number | null }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '' } = request
      asked.push(`${method} ${url}`)
      if (state.fails === null && method === 'PUT' && !url.includes('dryRun=All'))
        state.replicas = JSON.parse(Buffer.concat(chunks).toString()).spec.replicas
      const scale = {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'web', namespace: 'ml', resourceVersion: '7' },
        spec: { replicas: state.replicas },
        status: { replicas: state.replicas },
      }
      const failure = { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: state.fails }
      response
        .writeHead(state.fails ?? 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(state.fails === null ? scale : failure))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await writeFile(kubeconfig, kubeconfigFor({ url: `http://127.0.0.1:${port}`, token: 'unused' }))
  return {
    kubeconfig,
    asked,
    get replicas() {
      return state.replicas
    },
    set replicas(count) {
      state.replicas = count
    },
    get fails() {
      return state.fails
    },
    set fails(status) {
      state.fails = status
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A kubeconfig for a server of a test. */
export function kubeconfigFor({
  url,
  token,
}: {
  readonly url: string
  readonly token: string
}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'it', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'us', user: { token } }],
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'us' } }],
    'current-context': 'it',
  })
}
