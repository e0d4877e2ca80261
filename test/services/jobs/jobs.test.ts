import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createJobs, type Jobs, type Make, type Making } from '../../../src/services/jobs/index.ts'
import { openStore, type Store } from '../../../src/services/store/index.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { fakeClock, type FakeClock } from '../../support/test-app.ts'

const LIMITS = { concurrent: 1, most: 3, spoolBytes: 1000, expirySeconds: 3600 }

let dir: string
let clock: FakeClock
const stores: Store[] = []
const running: Jobs[] = []
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jobs-'))
  clock = fakeClock()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((jobs) => jobs.close()))
  await Promise.all(stores.splice(0).map((store) => store.close()))
  await rm(dir, { recursive: true, force: true })
})

async function server(make: Make, limits = LIMITS): Promise<Jobs> {
  const store = await openStore({ path: join(dir, 'state.db') })
  stores.push(store)
  const jobs = createJobs({
    store: store.exportJobs,
    directory: join(dir, 'spool'),
    limits,
    now: clock.now,
    lookSeconds: 0,
    onError: (error) => {
      throw error
    },
  })
  running.push(jobs)
  jobs.begin(make)
  return jobs
}

/** Never comes, and rejects when the signal does. */
function until(signal: AbortSignal): Promise<string> {
  const never = new Promise<string>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
  never.catch(() => undefined)
  return never
}

/** Makes a file of these pieces. */
const pieces =
  (...texts: readonly (string | Promise<string>)[]): (() => Promise<Making>) =>
  () =>
    Promise.resolve({
      fileName: 'power.csv',
      mediaType: 'text/csv',
      bytes: (async function* () {
        for (const text of texts) yield Buffer.from(await text)
      })(),
      progress: () => ({ points_done: 1, points_total: 2, rows: 3 }),
      end: () => ({ manifest: { row_count: 3 }, sha256: 'sum' }),
    })

async function settled(jobs: Jobs, id: string) {
  for (let tries = 0; tries < 200; tries += 1) {
    const job = (await jobs.list('kim')).find((each) => each.id === id)
    if (job === undefined || job.state === 'done' || job.state === 'failed') return job
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('the job does not settle')
}

describe('exports in the background', () => {
  it('makes a file, and tells how far it came', async () => {
    const jobs = await server(pieces('a,b\r\n', '1,2\r\n'))
    const { id } = await jobs.submit('kim', { export: 'power' }, 2)
    const job = await settled(jobs, id)
    expect(job).toMatchObject({
      state: 'done',
      progress: { points_done: 1, points_total: 2, rows: 3, bytes: 10 },
      outcome: { kind: 'file', file_name: 'power.csv', bytes: 10, sha256: 'sum' },
    })
    expect(await readFile(jobs.pathOf(id), 'utf8')).toBe('a,b\r\n1,2\r\n')
  })

  it('is the owner’s alone', async () => {
    const jobs = await server(pieces('x'))
    const { id } = await jobs.submit('kim', {}, 1)
    expect(await jobs.list('lee')).toEqual([])
    expect(await jobs.remove('lee', id)).toBe(false)
    expect(await jobs.remove('kim', id)).toBe(true)
    expect(await jobs.list('kim')).toEqual([])
  })

  it('ends at once when it is removed, and leaves nothing behind', async () => {
    let ended: unknown
    const jobs = await server((_job, signal) => {
      signal.addEventListener('abort', () => {
        ended = signal.reason
      })
      return pieces('begun', until(signal))()
    })
    const { id } = await jobs.submit('kim', {}, 1)
    while (!(await readdir(join(dir, 'spool')).catch(() => [] as string[])).includes(`${id}.part`))
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await jobs.remove('kim', id)).toBe(true)
    expect(String(ended)).toMatch(/removed/)
    expect(await readdir(join(dir, 'spool'))).toEqual([])
  })

  it('says why there is no file', async () => {
    const jobs = await server(() =>
      Promise.reject(new KCloudError('backend_unreachable', { detail: 'no cluster answered' })),
    )
    const { id } = await jobs.submit('kim', {}, 1)
    expect(await settled(jobs, id)).toMatchObject({
      state: 'failed',
      outcome: {
        kind: 'problem',
        problem: 'backend_unreachable',
        detail: 'no cluster answered',
      },
    })
  })

  it('is made by the next server when the first one stops', async () => {
    const first = await server((_job, signal) => pieces('half', until(signal))())
    const { id } = await first.submit('kim', {}, 1)
    while ((await first.list('kim'))[0]?.state !== 'running')
      await new Promise((resolve) => setTimeout(resolve, 5))
    await first.close()
    expect((await first.list('kim'))[0]?.state).toBe('queued')
    const second = await server(pieces('whole'))
    expect((await settled(second, id))?.state).toBe('done')
    expect(await readFile(second.pathOf(id), 'utf8')).toBe('whole')
  })

  it('is made by the next server when the first one was killed', async () => {
    const dead = await openStore({ path: join(dir, 'state.db') })
    stores.push(dead)
    const jobs = await server(pieces('whole'))
    const at = clock.now()
    const expires = new Date(at.getTime() + 3_600_000)
    const id = '00000000-0000-4000-8000-00000000000a'
    await dead.exportJobs.add({
      ...{ id, owner: 'kim', question: {}, state: 'queued', progress: {}, outcome: null },
      ...{ created_at: at, updated_at: at, expires_at: expires },
    })
    const until = new Date(at.getTime() + 30_000)
    await dead.exportJobs.claim({ runner: 'dead', now: at, until })
    await writeFile(join(dir, 'spool', `${id}.part`), 'half').catch(() => undefined)
    await jobs.look()
    expect((await jobs.list('kim'))[0]?.state).toBe('running')
    clock.advance(31)
    await jobs.look()
    expect((await settled(jobs, id))?.state).toBe('done')
    expect(await readFile(jobs.pathOf(id), 'utf8')).toBe('whole')
  })

  it('goes when it has expired, with its file', async () => {
    const jobs = await server(pieces('x'))
    const { id } = await jobs.submit('kim', {}, 1)
    await settled(jobs, id)
    await writeFile(join(dir, 'spool', 'notes.txt'), 'of somebody else')
    clock.advance(3601)
    await jobs.look()
    expect(await jobs.list('kim')).toEqual([])
    expect(await readdir(join(dir, 'spool'))).toEqual(['notes.txt'])
  })

  it('keeps no more jobs, and no more bytes, than it may', async () => {
    const jobs = await server(pieces('x'.repeat(2000)))
    const { id } = await jobs.submit('kim', {}, 1)
    expect(await settled(jobs, id)).toMatchObject({
      state: 'failed',
      outcome: { problem: 'too_large' },
    })
    await jobs.submit('kim', {}, 1)
    await jobs.submit('lee', {}, 1)
    await expect(jobs.submit('kim', {}, 1)).rejects.toMatchObject({ kind: 'rate_limited' })
  })
})
