import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeWorkbook } from '../../../src/services/formats/excel.ts'
import { countedRows } from '../../../src/services/formats/index.ts'
import { requireReal } from '../../support/real-prometheus.ts'
import type { TestApp } from '../../support/test-app.ts'
import { GPUS, serveExports } from './serve.ts'

const run = promisify(execFile)

/** Every figure of the window as the API itself tells it, by time and device. */
type Told = ReadonlyMap<string, { readonly power: number | null; readonly use: number | null }>

const WINDOW = 'period=5m&step=1m'
const EXPORT = `/api/v1/export/metrics?metric=power_watts,gpu_utilization_percent&${WINDOW}`

/** A name that a spreadsheet would run, one with everything that has to be quoted, and one of the whole world. */
const NODES = ['=cmd|calc!a1', 'a "quoted", name\\with', '서울-노드 😀']
const TEXT = `${GPUS}\n${NODES.map((node, index) =>
  [
    `DCGM_FI_DEV_POWER_USAGE{UUID="X-${index}",Hostname=${JSON.stringify(node)},gpu="0"} ${index + 0.1}`,
    `DCGM_FI_DEV_GPU_UTIL{UUID="X-${index}",Hostname=${JSON.stringify(node)},gpu="0"} ${index}`,
  ].join('\n'),
).join('\n')}`

let app: TestApp
let dir: string
let db: DuckDBConnection
let told: Told
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'exports-'))
  ;({ app } = await serveExports({ seoul: TEXT }))
  db = await (await DuckDBInstance.create()).connect()
  told = await readApi()
})
afterAll(async () => {
  db.closeSync()
  await app.close()
  await rm(dir, { recursive: true, force: true })
})

async function readApi(): Promise<Told> {
  const series = async (metric: string) => {
    const url = `/api/v1/monitoring/timeseries/metrics?metric=${metric}&by=uuid&${WINDOW}`
    const rows: [string, number | null][] = (await app.get(url))
      .json()
      .data.series.flatMap(({ key, points }: any) =>
        points.map(([seconds, value]: any) => [
          `${new Date(seconds * 1000).toISOString()} ${key.uuid}`,
          value,
        ]),
      )
    return new Map(rows)
  }
  const [power, use] = await Promise.all([series('power_watts'), series('gpu_utilization_percent')])
  return new Map(
    [...power].map(([key, watts]) => [key, { power: watts, use: use.get(key) ?? null }]),
  )
}

async function fileOf(format: string, more = ''): Promise<string> {
  const reply = await app.get(`${EXPORT}&format=${format}${more}`)
  expect(reply.statusCode).toBe(200)
  const path = join(dir, `export.${format === 'excel' ? 'xlsx' : format}`)
  await writeFile(path, reply.rawPayload)
  return path
}

async function query(sql: string): Promise<readonly Record<string, any>[]> {
  return (await db.runAndReadAll(sql)).getRowObjectsJson() as Record<string, any>[]
}

const SELECT = `select strftime(time, '%Y-%m-%dT%H:%M:%S.') || '000Z ' || uuid as key, node,
  power_watts::double as power, gpu_utilization_percent::double as use`

function compare(rows: readonly Record<string, any>[], nodes: readonly string[] = NODES): void {
  expect(new Map(rows.map(({ key, power, use }) => [key, { power, use }]))).toEqual(told)
  expect(told.size).toBe(11 * 6)
  const names = new Set(rows.filter(({ key }) => /X-\d/.test(key)).map(({ node }) => node))
  expect([...names].sort()).toEqual([...nodes].sort())
}

describe('what DuckDB reads of an export', () => {
  beforeAll(async () => {
    await db.run("set timezone = 'UTC'")
  })

  it('is what the API tells, of Parquet with its types and its manifest', async () => {
    const path = await fileOf('parquet')
    compare(await query(`${SELECT} from '${path}'`))
    const types = await query(`select column_name, column_type from (describe from '${path}')`)
    expect(
      Object.fromEntries(types.map((row) => [row['column_name'], row['column_type']])),
    ).toEqual({
      time: 'TIMESTAMP WITH TIME ZONE',
      cluster: 'VARCHAR',
      node: 'VARCHAR',
      vendor: 'VARCHAR',
      model: 'VARCHAR',
      uuid: 'VARCHAR',
      device_index: 'VARCHAR',
      power_watts: 'DOUBLE',
      gpu_utilization_percent: 'DOUBLE',
      sources: 'VARCHAR',
    })
    const [metadata] = await query(
      `select decode(value) as value from parquet_kv_metadata('${path}') where decode(key) = 'kcloud.manifest'`,
    )
    expect(JSON.parse(metadata?.['value'])).toMatchObject({ row_count: 66, status: 'complete' })
    const [chunk] = await query(
      `select distinct compression, encodings from parquet_metadata('${path}') where path_in_schema = 'cluster'`,
    )
    expect(chunk).toMatchObject({ compression: 'SNAPPY' })
    expect(chunk?.['encodings']).toMatch(/DICTIONARY/)
  })

  it.each(['', '&bom=true'])('is what the API tells, of CSV%s', async (bom) => {
    const path = await fileOf('csv', bom)
    const rows = await query(`${SELECT} from read_csv('${path}', strict_mode = true)`)
    // The one text that a spreadsheet would have run.
    compare(rows, [`'${NODES[0] ?? ''}`, ...NODES.slice(1)])
  })

  it('is what the API tells, of NDJSON', async () => {
    const path = await fileOf('ndjson')
    compare(await query(`${SELECT} from read_json('${path}', format = 'newline_delimited')`))
  })

  it('is what the API tells, of JSON', async () => {
    const path = await fileOf('json')
    const rows = `(select unnest(data, recursive := true) from read_json('${path}'))`
    compare(await query(`${SELECT} from ${rows}`))
  })
})

const OPENPYXL = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
data, manifest = book['Data'], book['Manifest']
header = [cell.value for cell in data[1]]
at = {name: header.index(name) for name in header}
watts = data.cell(2, at['power_watts'] + 1)
print(json.dumps({
  'sheets': book.sheetnames,
  'frozen': data.freeze_panes,
  'filter': data.auto_filter.ref,
  'format': watts.number_format,
  'bold': data.cell(1, 1).font.b,
  'types': sorted({cell.data_type for row in data.iter_rows(min_row=2) for cell in row}),
  'manifest': {row[0]: row[1] for row in manifest.iter_rows(values_only=True)},
  'rows': [{
    'key': row[at['time']].strftime('%Y-%m-%dT%H:%M:%S.000Z ') + row[at['uuid']],
    'node': row[at['node']],
    'power': row[at['power_watts']],
    'use': row[at['gpu_utilization_percent']],
  } for row in data.iter_rows(min_row=2, values_only=True)],
}))`

const SHEETS = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
print(json.dumps({name: list(book[name].iter_rows(values_only=True)) for name in book.sheetnames}, default=str))`

const PYTHON = '/usr/bin/python3'
const hasOpenpyxl =
  existsSync('/usr/lib/python3/dist-packages/openpyxl') ||
  requireReal('openpyxl', 'python3-openpyxl')

describe.skipIf(!hasOpenpyxl)('what openpyxl reads of an export to Excel', () => {
  it('is what the API tells, typed, with units, a frozen header, filters and the manifest', async () => {
    const path = await fileOf('excel')
    const { stdout } = await run(PYTHON, ['-c', OPENPYXL, path], { maxBuffer: 2 ** 24 })
    const read = JSON.parse(stdout)
    compare(read.rows)
    expect(read).toMatchObject({
      sheets: ['Data', 'Manifest'],
      frozen: 'A2',
      filter: 'A1:J67',
      format: '#,##0.0" W"',
      bold: true,
      // Dates, numbers (and cells without a value), texts; no formulas.
      types: ['d', 'n', 's'],
      manifest: { row_count: '66', status: 'complete', 'cluster seoul': 'ok' },
    })
  })

  it('goes on in another sheet before one is full', async () => {
    const columns = [{ name: 'n', type: 'number', unit: 'watts', description: '' }] as const
    const rows = countedRows(
      columns,
      (async function* () {
        yield await Promise.resolve([[1], [2], [3], [4], [5]])
      })(),
    )
    const head = { created_at: new Date('2026-11-20T00:00:00Z') }
    const empty = { parameters: {}, window: head, columns, clusters: [], warnings: [] }
    const table = { title: '', columns, head, batches: rows.batches, manifest: () => empty }
    const pieces: Uint8Array[] = []
    for await (const piece of writeWorkbook(table as never, 2)) pieces.push(piece)
    const path = join(dir, 'sheets.xlsx')
    await writeFile(path, Buffer.concat(pieces))
    const { stdout } = await run(PYTHON, ['-c', SHEETS, path])
    expect(JSON.parse(stdout)).toMatchObject({
      Data: [['n'], [1], [2]],
      'Data 2': [['n'], [3], [4]],
      'Data 3': [['n'], [5]],
    })
  })
})
