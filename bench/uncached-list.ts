/**
 * What does the list of GPUs cost when nothing of it is in the cache? A real Prometheus holds the GPUs, and the
 * measure is the CPU of our process for one request, since it does not depend on how busy the machine is. Beside
 * it a bare process puts the same questions to the same Prometheus, parses what comes and writes it once: nobody
 * who stands between Prometheus and a client can do less. Both take turns.
 *
 * `all cold` reads everything anew. `live reads` keeps for an hour what a GPU is, as in production, and reads what
 * it does now: the request that production has to answer most often.
 */
import { fileURLToPath } from 'node:url'
import type { RealPrometheus } from '../test/support/real-prometheus.ts'
import { report, type BenchResult } from './result.ts'
import type { Fetch } from './support/bare-fetch.ts'
import { startChild, type Child } from './support/child.ts'
import { queriesOf, startLab } from './support/lab.ts'
import { median } from './support/median.ts'
import { startProduct, type Product } from './support/product.ts'

const MOST_RATIO = 1.3
const LAB_SECONDS = 120
const WARM_UP = 4
/** What all rounds of one kind may take; three are made in any case. */
const MOST_SECONDS = 12
const LEAST_ROUNDS = 3

/** How many GPUs, and how many requests of each kind are made in a round. */
const SIZES = [
  { gpus: 1000, requests: 8 },
  { gpus: 8000, requests: 3 },
]
type Size = (typeof SIZES)[number]
const MODES = {
  'all cold': { CACHE_TTL_REALTIME: '0s', CACHE_TTL_STATIC: '0s' },
  'live reads': { CACHE_TTL_REALTIME: '0s' },
}
const PATHS = {
  'limit=100': '/accelerators/gpus',
  'limit=10000': '/accelerators/gpus?limit=10000',
}

type Bare = Child<null, Fetch, number>

export async function run(): Promise<BenchResult> {
  const bare: Bare = await startChild('bare-fetch.ts')
  try {
    const found: Measured[] = []
    for (const size of SIZES) found.push(...(await atSize(size, bare)))
    return {
      name: 'uncached list',
      pass: found.every(({ ratio }) => ratio <= MOST_RATIO),
      lines: found.map(show),
    }
  } finally {
    await bare.stop()
  }
}

interface Measured {
  readonly gpus: number
  readonly mode: string
  readonly limit: string
  /** What came from Prometheus. */
  readonly bytes: number
  /** CPU seconds for one request. */
  readonly ours: number
  readonly bare: number
  readonly ratio: number
}

const show = ({ gpus, mode, limit, bytes, ours, bare, ratio }: Measured): string =>
  [
    `${gpus} GPUs, ${mode}, ${limit} (${(bytes / 1e6).toFixed(1)} MB from Prometheus)`,
    `${(ours * 1000).toFixed(1)} ms CPU, bare process ${(bare * 1000).toFixed(1)} ms`,
    `ratio ${ratio.toFixed(2)} (at most ${MOST_RATIO})`,
  ].join(': ')

async function atSize(size: Size, bare: Bare): Promise<readonly Measured[]> {
  const lab = await startLab(size.gpus, LAB_SECONDS)
  try {
    const measured: Measured[] = []
    for (const [mode, env] of Object.entries(MODES)) {
      const product = await startProduct(lab.url, { env })
      measured.push(...(await compare(size, { mode, lab, product, bare })))
      await product.stop()
    }
    return measured
  } finally {
    await lab.stop()
  }
}

interface Peers {
  readonly mode: string
  readonly lab: RealPrometheus
  readonly product: Product
  readonly bare: Bare
}

async function compare(
  { gpus, requests }: Size,
  { mode, lab, product, bare }: Peers,
): Promise<readonly Measured[]> {
  const paths = await questionsOf(product, lab)
  const fetch = { origin: lab.url, paths, times: WARM_UP }
  const bytes = await bare.ask(fetch)
  for (const path of Object.values(PATHS)) await get(product, path, WARM_UP)

  const spent = new Map<string, number[]>()
  const note = async (name: string, who: Pick<Product, 'cpuSeconds'>, work: () => unknown) => {
    const before = await who.cpuSeconds()
    await work()
    const each = ((await who.cpuSeconds()) - before) / requests
    spent.set(name, [...(spent.get(name) ?? []), each])
  }
  const deadline = Date.now() + MOST_SECONDS * 1000
  for (let round = 0; round < LEAST_ROUNDS || Date.now() < deadline; round += 1) {
    for (const [limit, path] of Object.entries(PATHS))
      await note(limit, product, () => get(product, path, requests))
    await note('bare', bare, () => bare.ask({ ...fetch, times: requests }))
  }
  const middle = (name: string) => median(spent.get(name) ?? [])
  return Object.keys(PATHS).map((limit) => ({
    gpus,
    mode,
    limit,
    bytes,
    ours: middle(limit),
    bare: middle('bare'),
    ratio: middle(limit) / middle('bare'),
  }))
}

/** What one request asks of Prometheus, which keeps a log of it; the second, since the first fills the cache. */
async function questionsOf(product: Product, lab: RealPrometheus): Promise<readonly string[]> {
  await get(product, PATHS['limit=100'], 1)
  const before = (await queriesOf(lab)).length
  await get(product, PATHS['limit=100'], 1)
  return (await queriesOf(lab)).slice(before)
}

async function get({ url, headers }: Product, path: string, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const reply = await fetch(url + path, {
      headers: { ...headers, 'accept-encoding': 'identity' },
    })
    await reply.arrayBuffer()
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status}`)
  }
}

const HERE = fileURLToPath(import.meta.url)
if (process.argv[1] === HERE) report(await run())
