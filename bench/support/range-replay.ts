import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'

const TICKS_A_SECOND = 100

/** Seconds of CPU that a process has used, as Linux tells. */
export function cpuOf(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const numbers = fields.split(' ')
  return (Number(numbers[11]) + Number(numbers[12])) / TICKS_A_SECOND
}

/** The file in the directory of a Prometheus where it notes every question. */
export const QUERY_LOG = 'queries.log'

interface Asked {
  readonly query: string
  readonly start: string
  readonly end: string
  readonly step: number
}

/** The range questions that Prometheus answers from now on. */
export function queryLog(dir: string) {
  const lines = () => readFileSync(join(dir, QUERY_LOG), 'utf8').split('\n')
  const before = lines().length - 1
  return {
    since: (): readonly Asked[] =>
      lines()
        .slice(before)
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { readonly params: Asked }).params)
        .filter(({ step }) => step > 0),
  }
}

const AT_ONCE = 4

/** Puts questions, four at a time, and throws the answers away. */
export async function replay(url: string, questions: readonly Asked[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const left = [...questions].reverse()
  const work = async (): Promise<void> => {
    for (let asked = left.pop(); asked !== undefined; asked = left.pop())
      await putBare(agent, `${url}/api/v1/query_range`, asked)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  agent.destroy()
}

function putBare(agent: Agent, url: string, { query, start, end, step }: Asked): Promise<void> {
  const body = new URLSearchParams({ query, start, end, step: String(step) }).toString()
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
    }
    const sent = request(url, { method: 'POST', agent, headers }, (reply) => {
      reply.on('end', resolve).on('error', reject).resume()
    })
    sent.on('error', reject).end(body)
  })
}
