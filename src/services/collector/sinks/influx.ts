import { HttpError, InfluxDB, Point } from '@influxdata/influxdb-client'
import { SinkError, type Batch, type CollectedRow, type Sink } from '../row.ts'

export interface InfluxOptions {
  readonly url: string
  readonly token: string | undefined
  readonly org: string
  readonly bucket: string
  readonly timeoutSeconds: number
}

/** Statuses by which a server says that it will never take these rows. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422])
const LINES_AT_ONCE = 5000

/** Line protocol by the v2 write API: measurements `workload_power` and `node_power`. */
export function influxSink({ url, token, org, bucket, timeoutSeconds }: InfluxOptions): Sink {
  const client = new InfluxDB({
    url,
    ...(token !== undefined && { token }),
    timeout: timeoutSeconds * 1000,
  })
  return {
    name: 'influxdb',
    async deliver({ rows }: Batch) {
      for (let from = 0; from < rows.length; from += LINES_AT_ONCE)
        await write(client, rows.slice(from, from + LINES_AT_ONCE), { org, bucket })
    },
    close: () => Promise.resolve(),
  }
}

/** One request of its own: a longer-lived writer drops lines that failed often enough, and says nothing at its end. */
async function write(
  client: InfluxDB,
  rows: readonly CollectedRow[],
  { org, bucket }: Pick<InfluxOptions, 'org' | 'bucket'>,
): Promise<void> {
  let failure: unknown = null
  const api = client.getWriteApi(org, bucket, 'ms', {
    batchSize: rows.length + 1,
    flushInterval: 0,
    maxRetries: 0,
    maxBufferLines: 0,
    writeFailed: (error) => {
      failure = error
      // Rejects the promise of the flush, without a word on the console.
      return Promise.reject(error)
    },
  })
  api.writePoints(rows.map(pointOf))
  try {
    await api.flush(false)
  } catch (error) {
    failure = error
  } finally {
    await api.close().catch(() => undefined)
  }
  if (failure !== null) throw failed(failure)
}

function failed(error: unknown): SinkError {
  const status = error instanceof HttpError ? error.statusCode : undefined
  const words = status === undefined ? 'it cannot be reached' : `it answered with status ${status}`
  return new SinkError(`write to InfluxDB: ${words}`, {
    refused: status !== undefined && REFUSALS.has(status),
    cause: error,
  })
}

const FIELDS = [
  'power_watts',
  'cpu_power_watts',
  'dram_power_watts',
  'gpu_power_watts',
  'npu_power_watts',
  'other_power_watts',
  'energy_joules',
] as const

function pointOf(row: CollectedRow): Point {
  const point = new Point(`${row.kind}_power`).timestamp(Date.parse(row.time))
  const tags = {
    cluster: row.cluster,
    namespace: row.namespace,
    name: row.name,
    node: row.node,
    workload_type: row.workload_type,
    method: row.method,
  }
  for (const [name, value] of Object.entries(tags)) if (value !== null) point.tag(name, value)
  for (const field of FIELDS) {
    const value = row[field]
    if (value !== null) point.floatField(field, value)
  }
  if (row.cost !== null) {
    point.tag('currency', row.cost.currency)
    point.floatField('cost', row.cost.total)
  }
  return point
}
