import { Pool } from 'undici'
import { answerParent } from './parent.ts'

/** Rounds of questions to one Prometheus; those of one round go out at once. */
export interface Fetch {
  readonly origin: string
  readonly paths: readonly string[]
  readonly times: number
}

/** The least that a process between Prometheus and a client can do: fetch, parse and write the same bytes once. */
async function roundTrip(pool: Pool, path: string): Promise<number> {
  const { statusCode, body } = await pool.request({ path, method: 'GET' })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${statusCode}: ${text.slice(0, 200)}`)
  JSON.stringify(JSON.parse(text))
  return text.length
}

/** Gives the bytes of one round. */
answerParent(null, async ({ origin, paths, times }: Fetch): Promise<number> => {
  const pool = new Pool(origin, { connections: 10, pipelining: 1 })
  let bytes = 0
  for (let i = 0; i < times; i += 1) {
    const lengths = await Promise.all(paths.map((path) => roundTrip(pool, path)))
    bytes = lengths.reduce((sum, length) => sum + length, 0)
  }
  await pool.close()
  return bytes
})
