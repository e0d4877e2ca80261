import { setImmediate as nextTurn } from 'node:timers/promises'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { writeColumn } from 'hyparquet-writer/src/column.js'
import { csv } from './csv.ts'
import type { Format, Table } from './format.ts'
import { emptyGroup, type Group } from './parquet-group.ts'
import type { Column, ColumnType } from './table.ts'

/** Readers decode a row group at a time: larger ones compress better, smaller ones take less memory on both sides. */
const ROWS_IN_GROUP = 20_000
const PAGE_BYTES = 1024 * 1024
/** What a row takes of what it takes in a CSV, measured on metrics of GPUs. */
const SHARE_OF_CSV = 0.25

/** Apache Parquet: typed columns, dictionaries, snappy. */
export const parquet: Format = {
  mediaType: 'application/vnd.apache.parquet',
  extension: '.parquet',
  description: 'Apache Parquet with typed columns, times in UTC, dictionaries and snappy.',
  provenance: 'The metadata of the file, under the key `kcloud.manifest`, as JSON.',
  incomplete: 'The footer is missing, without which no reader opens it; the connection is cut.',
  weigh: (columns, rows) => csv.weigh(columns, rows) * SHARE_OF_CSV,
  async *write(table) {
    const file = createFile(table.columns)
    let group = emptyGroup(table.columns)
    for await (const { rows } of table.batches) {
      group.add(rows)
      if (group.count() < ROWS_IN_GROUP) continue
      yield await file.group(group)
      group = emptyGroup(table.columns)
    }
    if (group.count() > 0) yield await file.group(group)
    yield file.end(table)
  },
}

type Schema = ParquetWriter['schema']
type Element = Schema[number]
type Chunk = ReturnType<typeof writeColumn>['chunk']

/** A file in the making, which gives away its bytes as they come. */
function createFile(columns: readonly Column[]) {
  const bytes = new ByteWriter(1024 * 1024)
  const schema = schemaOf(columns)
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'KCloud Monitor' })

  /** What has been written since the last time; the writer goes on counting where it is in the file. */
  function take(): Uint8Array {
    const taken = bytes.getBytes().slice()
    bytes.index = 0
    return taken
  }
  return {
    async group(group: Group): Promise<Uint8Array> {
      const start = bytes.offset
      const chunks: Chunk[] = []
      for (const [index, element] of schema.slice(1).entries()) {
        const { page, statistics } = group.column(index)
        const column = columnOf(writer, element)
        const { chunk } = writeColumn({ writer: bytes, column, pageData: page })
        if (chunk.meta_data !== undefined) chunk.meta_data.statistics = statistics
        chunks.push(chunk)
        // A whole group at once would hold up other requests.
        await nextTurn()
      }
      noteGroup(writer, chunks, { rows: group.count(), bytes: bytes.offset - start })
      return take()
    },
    end({ manifest }: Table): Uint8Array {
      writer.kvMetadata = [{ key: 'kcloud.manifest', value: JSON.stringify(manifest()) }]
      void writer.finish()
      return take()
    },
  }
}

function noteGroup(
  writer: ParquetWriter,
  columns: Chunk[],
  size: { readonly rows: number; readonly bytes: number },
): void {
  const uncompressed = columns.map(({ meta_data: data }) => data?.total_uncompressed_size ?? 0n)
  writer.num_rows += BigInt(size.rows)
  writer.row_groups.push({
    columns,
    total_byte_size: uncompressed.reduce((sum, each) => sum + each, 0n),
    num_rows: BigInt(size.rows),
    total_compressed_size: BigInt(size.bytes),
  })
}

const TYPES: Readonly<Record<ColumnType, Omit<Element, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  number: { type: 'DOUBLE' },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
}

function schemaOf(columns: readonly Column[]): Schema {
  return [
    { name: 'rows', num_children: columns.length },
    ...columns.map(({ name, type }): Element => ({
      name,
      repetition_type: 'OPTIONAL',
      ...TYPES[type],
    })),
  ]
}

type Encoder = Parameters<typeof writeColumn>[0]['column']

function columnOf({ schema, codec, compressors }: ParquetWriter, element: Element): Encoder {
  const [root] = schema
  return {
    columnName: element.name,
    element,
    schemaPath: root === undefined ? [element] : [root, element],
    codec,
    // The writer's own set has only what it knows; its type says the others may be undefined.
    compressors: compressors as Encoder['compressors'],
    // The groups make their own, of each text and time once.
    stats: false,
    pageSize: PAGE_BYTES,
    columnIndex: false,
    offsetIndex: false,
  }
}
