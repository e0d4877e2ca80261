/**
 * What do credentials, limits, metrics, logs and headers cost on the hottest answer? The list of GPUs comes from
 * the cache as bytes. Beside it runs a bare Fastify route that sends the same bytes, and the same load is put on
 * both in turn: the ratio of their requests a second is what the bar is about, since it does not depend on the
 * machine. Server, bare route and load each have a process of their own.
 */
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { report, type BenchResult } from './result.ts'
import type { BareAnswer } from './support/bare-route.ts'
import { startChild, type Child } from './support/child.ts'
import { startLab } from './support/lab.ts'
import type { Load, Loaded } from './support/load.ts'
import { median } from './support/median.ts'
import { startProduct, type Product } from './support/product.ts'

const SIZES = [64, 1000, 8000]
const LEAST_RATIO = 0.6
const ROUNDS = 5
const SECONDS = 0.4
/** Short, before each case; and once at the start, until what all cases share has been compiled. */
const WARM_UP_SECONDS = 1.5
const FIRST_WARM_UP_SECONDS = 8

/** One kind of request. Only whole answers are held to the bar: the others are printed beside them. */
interface Case {
  readonly name: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly held: boolean
}

const WHOLE = '/accelerators/gpus?limit=10000'
const CASES: readonly Case[] = [
  { name: 'limit=10000', path: WHOLE, held: true },
  { name: 'limit=100', path: '/accelerators/gpus', held: true },
  { name: 'limit=10000, gzip', path: WHOLE, headers: { 'accept-encoding': 'gzip' }, held: false },
  { name: 'limit=10000, 304', path: WHOLE, headers: { 'if-none-match': '' }, held: false },
]

type Bare = Child<{ readonly url: string }, BareAnswer, null>
type LoadMaker = Child<null, Load, Loaded>

export async function run(): Promise<BenchResult> {
  const bare: Bare = await startChild('bare-route.ts')
  const load: LoadMaker = await startChild('load.ts')
  try {
    const found: Compared[] = []
    for (const gpus of SIZES) found.push(...(await atSize(gpus, { bare, load })))
    return {
      name: 'cached list',
      pass: found.every(({ held, ratio }) => !held || ratio >= LEAST_RATIO),
      lines: found.map(show),
    }
  } finally {
    await Promise.all([bare.stop(), load.stop()])
  }
}

interface Compared extends Case {
  readonly gpus: number
  readonly bytes: number
  readonly ours: number
  readonly bare: number
  /** Requests a second, ours to the bare route's. */
  readonly ratio: number
  /** CPU a request, ours to the bare route's. */
  readonly cpuRatio: number
}

const show = ({ gpus, name, bytes, held, ours, bare, ratio, cpuRatio }: Compared): string =>
  [
    `${gpus} GPUs, ${name} (${(bytes / 1000).toFixed(0)} kB)`,
    `${ours.toFixed(0)} requests/s, bare route ${bare.toFixed(0)}`,
    `ratio ${ratio.toFixed(2)}${held ? ` (at least ${LEAST_RATIO})` : ''}, CPU x ${cpuRatio.toFixed(2)}`,
  ].join(': ')

interface Peers {
  readonly bare: Bare
  readonly load: LoadMaker
}

async function atSize(gpus: number, peers: Peers): Promise<readonly Compared[]> {
  const lab = await startLab(gpus, 0)
  // Nothing expires while it is measured.
  const product = await startProduct(lab.url, { env: { CACHE_TTL_REALTIME: '1h' } })
  try {
    await warmUp(product, peers)
    const compared: Compared[] = []
    for (const each of CASES) compared.push({ gpus, ...(await compare(each, product, peers)) })
    return compared
  } finally {
    await product.stop()
    await lab.stop()
  }
}

/** A server that has just been started runs its first few thousand answers before they are compiled. */
async function warmUp(product: Product, { bare, load }: Peers): Promise<void> {
  const { asked, answer } = await firstAnswer(CASES[0]!, product)
  await bare.ask(answer)
  const { status } = answer
  await load.ask({ ...asked, status, seconds: FIRST_WARM_UP_SECONDS })
  await load.ask({ url: bare.ready.url, headers: {}, status, seconds: SECONDS })
}

async function compare(
  each: Case,
  product: Product,
  { bare, load }: Peers,
): Promise<Omit<Compared, 'gpus'>> {
  const { asked, answer } = await firstAnswer(each, product)
  await bare.ask(answer)
  const { status } = answer
  const about = { status, seconds: SECONDS }
  const plain = { url: bare.ready.url, headers: {} }
  await load.ask({ ...asked, status, seconds: WARM_UP_SECONDS })
  await load.ask({ ...plain, status, seconds: SECONDS })
  const rounds: { ours: Speed; bare: Speed }[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({
      ours: await speed(product, { ...asked, ...about }, load),
      bare: await speed(bare, { ...plain, ...about }, load),
    })
  const middle = (of: (round: { ours: Speed; bare: Speed }) => number) => median(rounds.map(of))
  return {
    ...each,
    bytes: answer.body.length,
    ours: middle(({ ours }) => ours.perSecond),
    bare: middle((round) => round.bare.perSecond),
    ratio: middle((round) => round.ours.perSecond) / middle((round) => round.bare.perSecond),
    cpuRatio: middle((round) => round.ours.cpu) / middle((round) => round.bare.cpu),
  }
}

interface Speed {
  readonly perSecond: number
  readonly cpu: number
}

async function speed(
  server: Pick<Product, 'cpuSeconds'>,
  about: Load,
  load: LoadMaker,
): Promise<Speed> {
  const before = await server.cpuSeconds()
  const { answers, seconds } = await load.ask(about)
  return { perSecond: answers / seconds, cpu: ((await server.cpuSeconds()) - before) / answers }
}

/** Makes the answer, so that it is kept, and gives it as the bare route shall send it. */
async function firstAnswer(
  { path, headers = {} }: Case,
  product: Product,
): Promise<{ asked: Pick<Load, 'url' | 'headers'>; answer: BareAnswer }> {
  const url = product.url + path
  const made = await request(url, { headers: product.headers })
  await made.body.dump()
  const etag = String(made.headers['etag'])
  const asked = {
    ...product.headers,
    ...headers,
    ...('if-none-match' in headers && { 'if-none-match': etag }),
  }
  const answer = await request(url, { headers: asked })
  const body = new Uint8Array(await answer.body.arrayBuffer())
  const kept = ['content-type', 'content-encoding', 'etag'].flatMap((name) => {
    const value = answer.headers[name]
    return value === undefined ? [] : [[name, String(value)] as const]
  })
  const bare = { status: answer.statusCode, headers: Object.fromEntries(kept), body }
  return { asked: { url, headers: asked }, answer: bare }
}

const HERE = fileURLToPath(import.meta.url)
if (process.argv[1] === HERE) report(await run())
