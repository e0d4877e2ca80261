import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { kubeconfigFor } from './fake-kubernetes.ts'
import { freePort } from './real-redis.ts'

/** The program that is run, where there is one: no Debian package has it. */
export const KUBE_APISERVER = process.env['KUBE_APISERVER'] ?? ''
export const haveKubernetes = KUBE_APISERVER !== '' && spawnSync('etcd', ['--version']).status === 0

/** A real API server of our own, with etcd and nothing that runs pods. */
export interface RealKubernetes {
  readonly url: string
  /** May do everything. */
  readonly adminToken: string
  /** A file with which a client is whoever has this token. */
  kubeconfig(token: string): Promise<string>
  stop(): Promise<void>
}

const READY_WITHIN_MS = 180_000
const ADMIN = 'admin-token'

export async function startKubernetes(): Promise<RealKubernetes> {
  const dir = await mkdtemp(join(tmpdir(), 'kube-'))
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()]
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  await writeFile(join(dir, 'sa.pub'), publicKey)
  await writeFile(join(dir, 'sa.key'), privateKey)
  await writeFile(join(dir, 'tokens.csv'), `${ADMIN},admin,1,system:masters\n`)
  const etcdUrl = `http://127.0.0.1:${etcdPort}`
  const peerUrl = `http://127.0.0.1:${peerPort}`
  const children = [
    start('etcd', [
      ...['--data-dir', join(dir, 'etcd'), '--unsafe-no-fsync', '--logger', 'zap'],
      ...['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster', `default=${peerUrl}`],
    ]),
    start(KUBE_APISERVER, [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      '--insecure-port=0',
      `--cert-dir=${join(dir, 'certs')}`,
      '--service-account-issuer=https://test',
      `--service-account-key-file=${join(dir, 'sa.pub')}`,
      `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--authorization-mode=RBAC',
      `--token-auth-file=${join(dir, 'tokens.csv')}`,
      '--disable-admission-plugins=ServiceAccount',
    ]),
  ]
  const url = `https://127.0.0.1:${port}`
  await ready(url, children)
  let files = 0
  return {
    url,
    adminToken: ADMIN,
    async kubeconfig(token) {
      files += 1
      const path = join(dir, `kubeconfig-${files}`)
      await writeFile(path, kubeconfigFor({ url, token }))
      return path
    },
    async stop() {
      await Promise.all(children.map(end))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function start(program: string, flags: readonly string[]): ChildProcess {
  const child = spawn(program, flags, { stdio: 'ignore' })
  process.once('exit', () => child.kill('SIGKILL'))
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

async function ready(url: string, children: readonly ChildProcess[]): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await answers(url))) {
    const ended = children.some(({ exitCode }) => exitCode !== null)
    if (Date.now() > deadline || ended) throw new Error('kube-apiserver is not ready in time')
    await wait(100)
  }
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${ADMIN}` }
    request(`${url}/readyz`, { headers, rejectUnauthorized: false }, (reply) => {
      reply.resume()
      resolve(reply.statusCode === 200)
    })
      .on('error', () => resolve(false))
      .end()
  })
}
