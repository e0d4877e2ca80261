import { describe, expect, it, vi } from 'vitest'
import { createCache, type Loaded } from '../../../src/services/cache/index.ts'

type Shelf = 'short' | 'long' | 'none'
const TTL = { short: 30, long: 3600, none: 0 }

/** A cache whose clock stands until it is moved, and loads that land when they are told to. */
function setUp(maxBytes = 1_000_000) {
  let ms = Date.parse('2026-11-20T05:00:00Z')
  const heard: string[] = []
  const cache = createCache<Shelf>({
    maxBytes,
    ttlSeconds: TTL,
    now: () => new Date(ms),
    observe: (outcome, shelf) => heard.push(`${outcome} ${shelf}`),
  })
  const load = vi.fn((value: string, fields: Partial<Loaded<string>> = {}) =>
    Promise.resolve({ value, bytes: 100, keep: true, ...fields }),
  )
  const read = (value: string, shelf: Shelf = 'short', fields: Partial<Loaded<string>> = {}) =>
    cache.read({ key: 'k', shelf, load: () => load(value, fields) })
  return { cache, load, read, heard, pass: (seconds: number) => (ms += seconds * 1000) }
}

/** A load that is under way until the test says otherwise. */
function slowLoad() {
  let land: (value: string) => void = () => undefined
  let crash: (error: Error) => void = () => undefined
  const load = vi.fn<(signal: AbortSignal) => Promise<Loaded<string>>>(
    () =>
      new Promise((resolve, reject) => {
        land = (value) => resolve({ value, bytes: 1, keep: true })
        crash = reject
      }),
  )
  return { load, land: (value: string) => land(value), crash: (error: Error) => crash(error) }
}

const outcome = (waiting: Promise<unknown>): Promise<unknown> =>
  waiting.catch((error: unknown) => error)

describe('a cached value', () => {
  it('is loaded once and served until its time is over', async () => {
    const { read, load, pass } = setUp()
    expect(await read('a')).toBe('a')
    pass(29.9)
    expect(await read('b')).toBe('a')
    pass(0.1)
    expect(await read('c')).toBe('c')
    expect(load).toHaveBeenCalledTimes(2)
  })

  it('lives as long as its kind of data', async () => {
    const { read, pass } = setUp()
    await read('a', 'long')
    pass(3599)
    expect(await read('b', 'long')).toBe('a')
  })

  it('is not kept when it is not whole', async () => {
    const { read, load } = setUp()
    expect(await read('half', 'short', { keep: false })).toBe('half')
    expect(await read('whole')).toBe('whole')
    expect(load).toHaveBeenCalledTimes(2)
  })

  it('is not kept when its kind is not', async () => {
    const { read, cache } = setUp()
    await read('a', 'none')
    expect(await read('b', 'none')).toBe('b')
    expect(cache.stats().entries).toBe(0)
  })

  it('is not kept when the load fails', async () => {
    const { cache, read } = setUp()
    const broken = { key: 'k', shelf: 'short' as const, load: () => Promise.reject(new Error('x')) }
    await expect(cache.read(broken)).rejects.toThrow('x')
    expect(await read('a')).toBe('a')
  })
})

describe('the size of a cache', () => {
  const fill = async (maxBytes: number, count: number) => {
    const { cache } = setUp(maxBytes)
    for (let i = 0; i < count; i += 1)
      await cache.read({
        key: `key-${i}`,
        shelf: 'short',
        load: () => Promise.resolve({ value: i, bytes: 1000, keep: true }),
      })
    return cache
  }

  it('stays below its bound', async () => {
    const stats = (await fill(10_000, 100)).stats()
    expect(stats.bytes).toBeLessThanOrEqual(10_000)
    expect(stats.entries).toBeGreaterThan(5)
    expect(stats.max_bytes).toBe(10_000)
  })

  it('counts the value, its key and a little', async () => {
    const { bytes } = (await fill(10_000, 1)).stats()
    expect(bytes).toBeGreaterThan(1000)
    expect(bytes).toBeLessThan(2000)
  })

  it('has no room for a value that is larger than all of it', async () => {
    const cache = await fill(500, 3)
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 })
  })

  it('may be nothing', async () => {
    expect((await fill(0, 3)).stats().entries).toBe(0)
  })
})

describe('one load for all who ask meanwhile', () => {
  it('answers everybody', async () => {
    const { cache } = setUp()
    const { load, land } = slowLoad()
    const all = [1, 2, 3].map(() => cache.read({ key: 'k', shelf: 'none', load }))
    land('a')
    expect(await Promise.all(all)).toEqual(['a', 'a', 'a'])
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('fails for everybody, and is tried again by the next', async () => {
    const { cache, read } = setUp()
    const { load, crash } = slowLoad()
    const all = [1, 2].map(() => outcome(cache.read({ key: 'k', shelf: 'short', load })))
    crash(new Error('x'))
    expect(await Promise.all(all)).toEqual([new Error('x'), new Error('x')])
    expect(await read('a')).toBe('a')
  })

  it('goes on for the others when one leaves', async () => {
    const { cache } = setUp()
    const { load, land } = slowLoad()
    const caller = new AbortController()
    const leaver = outcome(cache.read({ key: 'k', shelf: 'short', load, signal: caller.signal }))
    const other = cache.read({ key: 'k', shelf: 'short', load })
    caller.abort(new Error('left'))
    expect(await leaver).toEqual(new Error('left'))
    expect(load.mock.calls[0]![0].aborted).toBe(false)
    land('a')
    expect(await other).toBe('a')
  })

  it('ends when all have left, and the next one starts anew', async () => {
    const { cache, read } = setUp()
    const { load, land } = slowLoad()
    const callers = [new AbortController(), new AbortController()]
    const waiting = callers.map(({ signal }) =>
      outcome(cache.read({ key: 'k', shelf: 'short', load, signal })),
    )
    callers[0]!.abort()
    expect(load.mock.calls[0]![0].aborted).toBe(false)
    callers[1]!.abort()
    expect(load.mock.calls[0]![0].aborted).toBe(true)
    await Promise.all(waiting)
    const next = read('new')
    land('old')
    expect(await next).toBe('new')
  })

  it('is not begun for one who has left before', async () => {
    const { cache } = setUp()
    const { load } = slowLoad()
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(cache.read({ key: 'k', shelf: 'short', load, signal })).rejects.toThrow('gone')
    expect(load).not.toHaveBeenCalled()
  })

  it('is apart from the load of another key', async () => {
    const { cache } = setUp()
    const load = (value: string) => () => Promise.resolve({ value, bytes: 1, keep: true })
    const both = ['a', 'b'].map((key) => cache.read({ key, shelf: 'short', load: load(key) }))
    expect(await Promise.all(both)).toEqual(['a', 'b'])
  })
})

describe('the figures of a cache', () => {
  it('are unknown before the first question', () => {
    expect(setUp().cache.stats()).toEqual({
      hits: 0,
      misses: 0,
      hit_rate_percent: null,
      entries: 0,
      bytes: 0,
      max_bytes: 1_000_000,
    })
  })

  it('count what was served without a load of its own', async () => {
    const { cache, read, heard } = setUp()
    await read('a')
    await read('a')
    const { load, land } = slowLoad()
    const joined = [1, 2].map(() => cache.read({ key: 'slow', shelf: 'long', load }))
    land('x')
    await Promise.all(joined)
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 2, hit_rate_percent: 50, entries: 2 })
    expect(heard).toEqual(['miss short', 'hit short', 'miss long', 'hit long'])
  })
})
