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
const TOO_LARGE = 413
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
        await writeInParts(client, rows.slice(from, from + LINES_AT_ONCE), { org, bucket })
    },
    close: () => Promise.resolve(),
  }
}

type Place = Pick<InfluxOptions, 'org' | 'bucket'>

/** In halves where something on the way allows no larger bodies. */
async function writeInParts(
  client: InfluxDB,
  rows: readonly CollectedRow[],
  place: Place,
): Promise<void> {
  try {
    await write(client, rows, place)
  } catch (error) {
    if (statusOf(error) !== TOO_LARGE || rows.length < 2) throw failed(error)
    const middle = Math.ceil(rows.length / 2)
    await writeInParts(client, rows.slice(0, middle), place)
    await writeInParts(client, rows.slice(middle), place)
  }
}

/** One request of its own: a longer-lived writer drops lines that failed often enough, and says nothing at its end. */
async function write(
  client: InfluxDB,
  rows: readonly CollectedRow[],
  { org, bucket }: Place,
): Promise<void> {
  let failure: Error | null = null
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
    failure ??= asError(error)
  } finally {
    await api.close().catch(() => undefined)
  }
  if (failure !== null) throw failure
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('the client failed', { cause: error })

const statusOf = (error: unknown): number | undefined =>
  error instanceof HttpError ? error.statusCode : undefined

function failed(error: unknown): SinkError {
  if (error instanceof SinkError) return error
  const status = statusOf(error)
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
    if (row.cost.carbon_kg !== null) point.floatField('carbon_kg', row.cost.carbon_kg)
  }
  return point
}
