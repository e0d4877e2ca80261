import autocannon from 'autocannon'
import { answerParent } from './parent.ts'

/** Which request to repeat, for how long, and the status that every answer must have. */
export interface Load {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly status: number
  readonly seconds: number
}

export interface Loaded {
  readonly answers: number
  readonly seconds: number
}

const CONNECTIONS = 16
const SAMPLE_MS = 50

answerParent(null, async ({ url, headers, status, seconds }: Load): Promise<Loaded> => {
  const { errors, duration, statusCodeStats } = await autocannon({
    url,
    headers,
    duration: seconds,
    connections: CONNECTIONS,
    sampleInt: SAMPLE_MS,
  })
  const seen = Object.keys(statusCodeStats)
  if (errors > 0 || seen.some((code) => code !== String(status)))
    throw new Error(`${url}: ${errors} errors, statuses ${seen.join(', ')}`)
  return { answers: statusCodeStats[status]?.count ?? 0, seconds: duration }
})
