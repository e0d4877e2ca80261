import { Pool } from 'undici'
import { answerParent } from './parent.ts'

/** Questions to one Prometheus, put at once or one after the other. */
export interface Queries {
  readonly origin: string
  readonly paths: readonly string[]
  readonly order: 'together' | 'in turn'
}

/** What they took, in seconds: all together, and each by itself where they were put in turn. */
export interface Queried {
  readonly seconds: number
  readonly each: readonly number[]
  /** What came. */
  readonly bytes: number
}

interface Answered {
  readonly seconds: number
  readonly bytes: number
}

/** The question, the whole answer, and its JSON parsed once. */
async function ask(pool: Pool, path: string): Promise<Answered> {
  const begun = performance.now()
  const { statusCode, body } = await pool.request({ path, method: 'GET' })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${statusCode}: ${text.slice(0, 200)}`)
  JSON.parse(text)
  return { seconds: (performance.now() - begun) / 1000, bytes: text.length }
}

async function inTurn(pool: Pool, paths: readonly string[]): Promise<readonly Answered[]> {
  const answers: Answered[] = []
  for (const path of paths) answers.push(await ask(pool, path))
  return answers
}

/** As many at once as the product puts to one Prometheus. */
const CONNECTIONS = 8

answerParent(null, async ({ origin, paths, order }: Queries): Promise<Queried> => {
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 })
  const begun = performance.now()
  const answers =
    order === 'in turn'
      ? await inTurn(pool, paths)
      : await Promise.all(paths.map((path) => ask(pool, path)))
  const seconds = (performance.now() - begun) / 1000
  await pool.close()
  return {
    seconds,
    each: answers.map((answer) => answer.seconds),
    bytes: answers.reduce((sum, answer) => sum + answer.bytes, 0),
  }
})
