import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { requireReal } from '../../support/real-prometheus.ts'
import { GPUS, serveExports } from './serve.ts'

const KOREAN = [
  'DCGM_FI_DEV_POWER_USAGE{UUID="X-1",Hostname="서울-노드-1",gpu="0",modelName="NVIDIA H100"} 612.3456789',
  'DCGM_FI_DEV_GPU_UTIL{UUID="X-1",Hostname="서울-노드-1",gpu="0",modelName="NVIDIA H100"} 97',
].join('\n')
const WINDOW = 'metric=power_watts,gpu_utilization_percent&period=15m&step=30s'

const dir = mkdtempSync(join(tmpdir(), 'pdf-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

let served: Awaited<ReturnType<typeof serveExports>>
afterEach(async () => served.app.close())

const get = (query: string) => served.app.get(`/api/v1/export/${query}`)
const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })

function pagesOf(bytes: Buffer) {
  const file = join(dir, 'export.pdf')
  writeFileSync(file, bytes)
  const pages = run('pdftotext', '-layout', file, '-').split('\f').slice(0, -1)
  return { file, pages }
}

const seven = (value: number | null): string =>
  value === null ? '' : String(Number(value.toPrecision(7)))

describe.skipIf(!requireReal('pdftotext', 'poppler-utils'))('an export on paper', () => {
  it('has every value of the JSON, its header on each page, and its manifest', async () => {
    served = await serveExports({ seoul: `${GPUS}\n${KOREAN}` })
    const { data, end } = (await get(`metrics?${WINDOW}&format=json`)).json()
    const reply = await get(`metrics?${WINDOW}&format=pdf`)
    expect(reply.headers['content-type']).toBe('application/pdf')
    expect(reply.headers['content-disposition']).toContain('.pdf')
    const { file, pages } = pagesOf(reply.rawPayload)
    const table = pages.filter((page) => /^ *time +cluster/m.test(page))
    const manifest = pages.filter((page) => !table.includes(page))
    expect(table.length).toBeGreaterThan(3)
    for (const [index, page] of pages.entries()) expect(page).toContain(`Page ${index + 1}\n`)
    const lines = table.flatMap((page) => page.split('\n').filter((line) => /^ *2026-/.test(line)))
    const read = lines.map((line) => line.trim().split(/ {2,}/).join('|').split('|'))
    expect(read.length).toBe(data.length)
    for (const [index, row] of data.entries()) {
      const cells = lines[index]?.replaceAll(/ +/g, ' ') ?? ''
      const time = String(row.time).replace('T', ' ').replace('.000Z', '')
      for (const told of [time, row.node, row.uuid, row.model, row.sources])
        expect(cells).toContain(told)
      const numbers = ` ${seven(row.power_watts)} ${seven(row.gpu_utilization_percent)} `
      expect(cells).toContain(numbers)
    }
    expect(manifest.join('\n')).toContain(end.rows_sha256)
    expect(manifest.join('\n')).toContain('column power_watts')
    const fonts = run('pdffonts', file).trim().split('\n').slice(2)
    for (const font of fonts) expect(font).toMatch(/NotoSansKR.*yes yes yes/)
    expect(run('pdfinfo', file)).toContain('A4')
  })

  it('has the power of the fleet', async () => {
    served = await serveExports({ seoul: GPUS })
    const { data } = (await get('power?by=cluster&period=5m&step=1m&format=json')).json()
    const { pages } = pagesOf(
      (await get('power?by=cluster&period=5m&step=1m&format=pdf')).rawPayload,
    )
    for (const row of data) expect(pages.join('\n')).toContain(seven(row.power_watts))
  })

  it('says so where there are no rows', async () => {
    served = await serveExports({ seoul: 'up{job="x"} 1' })
    const { pages } = pagesOf((await get('power?period=5m&step=1m&format=pdf')).rawPayload)
    expect(pages.join('\n')).toContain('no rows')
  })

  it('is refused beyond the rows that pages are made of, with what would fit', async () => {
    served = await serveExports({ seoul: GPUS })
    const reply = await get('metrics?metric=power_watts&period=1h&step=1s&format=pdf')
    expect(reply.statusCode).toBe(413)
    expect(reply.json().estimate).toMatchObject({ rows: 28_808, limit_rows: 5000 })
    expect(reply.json().estimate.suggestion).toContain('another format')
  })
})
