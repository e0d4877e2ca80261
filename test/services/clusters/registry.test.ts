import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import {
  createRegistry,
  type ClusterChange,
  type ClusterSpec,
  type Connection,
  type RegistryOptions,
} from '../../../src/services/clusters/index.ts'
import { clusterSpec, type BuildInfo } from '../../../src/services/prometheus/index.ts'

const NOW = new Date('2026-11-20T05:00:00Z')
const spec = (name: string): ClusterSpec =>
  clusterSpec(10).parse({ name, url: 'http://prometheus:9090', region: 'kr' })

/** A backend whose health the test sets. */
interface Backend {
  probe: (signal: AbortSignal) => Promise<BuildInfo>
  readonly generation: number
  closed: boolean
}

function setUp(names: readonly string[], options: Partial<RegistryOptions> = {}) {
  const backends = new Map<string, Backend>()
  const changes: ClusterChange[] = []
  const connect = ({ name }: ClusterSpec, generation: number): Connection => {
    const backend: Backend = {
      probe: () => Promise.resolve({ version: '2.42.0' }),
      generation,
      closed: false,
    }
    backends.set(name, backend)
    return {
      client: {
        instant: () => new Promise(() => undefined),
        range: () => new Promise(() => undefined),
      },
      probe: (signal) => backend.probe(signal),
      close: () => {
        backend.closed = true
        return Promise.resolve()
      },
    }
  }
  const registry = createRegistry({
    clusters: names.map(spec),
    connect,
    healthIntervalSeconds: 15,
    healthTimeoutSeconds: 5,
    now: () => new Date(),
    random: () => 0.5,
    onChange: (change) => changes.push(change),
    ...options,
  })
  return { registry, changes, backend: (name: string) => backends.get(name)! }
}

const down = () =>
  Promise.reject(new KCloudError('backend_unreachable', { detail: 'connection refused' }))
const hung = (): Promise<BuildInfo> => new Promise(() => undefined)

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the clusters of a registry', () => {
  it('are those it began with, in their order', () => {
    const { registry } = setUp(['seoul', 'busan'])
    expect(registry.all().map(({ name }) => name)).toEqual(['seoul', 'busan'])
    expect(registry.all()[0]).toMatchObject({
      name: 'seoul',
      region: 'kr',
      description: null,
      flavour: 'prometheus',
    })
  })

  it('can be asked for by name, once each', () => {
    const { registry } = setUp(['seoul', 'busan', 'jeju'])
    const names = (wanted?: readonly string[]) => registry.only(wanted).map(({ name }) => name)
    expect(names(['jeju', 'seoul', 'jeju'])).toEqual(['seoul', 'jeju'])
    expect(names()).toEqual(['seoul', 'busan', 'jeju'])
    expect(names([])).toEqual([])
  })

  it('are not found under a name that nobody has, which is said', () => {
    const { registry } = setUp(['seoul'])
    expect(() => registry.only(['seoul', 'sejong', 'jeju'])).toThrow(
      expect.objectContaining({
        kind: 'not_found',
        detail: 'no cluster is called sejong, jeju',
      }) as Error,
    )
    expect(() => registry.health('jeju')).toThrow(KCloudError)
    expect(() => registry.remove('jeju')).toThrow(KCloudError)
  })

  it('come and go, and each change counts', () => {
    const { registry, changes } = setUp(['seoul'])
    const { revision } = registry
    expect(registry.add(spec('busan')).name).toBe('busan')
    expect(registry.revision).toBe(revision + 1)
    registry.remove('seoul')
    expect(registry.revision).toBe(revision + 2)
    expect(registry.all().map(({ name }) => name)).toEqual(['busan'])
    expect(changes.map(({ name, change }) => `${name} ${change}`)).toEqual([
      'seoul added',
      'busan added',
    ])
  })

  it('have one name each', () => {
    const { registry } = setUp(['seoul'])
    const { revision } = registry
    expect(() => registry.add(spec('seoul'))).toThrow(
      expect.objectContaining({ kind: 'ambiguous' }) as Error,
    )
    expect(registry.revision).toBe(revision)
  })

  it('are told apart from those who had their name before', () => {
    const { registry, backend } = setUp(['seoul'])
    const { generation } = backend('seoul')
    registry.remove('seoul')
    registry.add(spec('seoul'))
    expect(backend('seoul').generation).toBeGreaterThan(generation)
  })

  it('are not kept when their connection cannot be made', () => {
    const { registry } = setUp([], {
      connect: () => {
        throw new KCloudError('invalid_request', { detail: 'ca_file cannot be read' })
      },
    })
    expect(() => registry.add(spec('seoul'))).toThrow('ca_file')
    expect(registry.all()).toEqual([])
  })
})

describe('the health of a cluster', () => {
  it('is unknown before the first check', () => {
    expect(setUp(['seoul']).registry.health('seoul')).toEqual({
      name: 'seoul',
      status: 'unknown',
      checked_at: null,
      response_time_ms: null,
      version: null,
      consecutive_failures: 0,
      last_ok_at: null,
      circuit: 'closed',
    })
  })

  it('is known after a check, with its version and how long it took', async () => {
    const { registry, backend } = setUp(['seoul'])
    backend('seoul').probe = () =>
      new Promise((resolve) => setTimeout(() => resolve({ version: '3.5.0' }), 40))
    const checked = registry.checkNow()
    await vi.advanceTimersByTimeAsync(40)
    await checked
    expect(registry.health('seoul')).toEqual({
      name: 'seoul',
      status: 'ok',
      checked_at: NOW,
      response_time_ms: 40,
      version: '3.5.0',
      consecutive_failures: 0,
      last_ok_at: NOW,
      circuit: 'closed',
    })
  })

  it('counts failures in a row, and remembers when it was well', async () => {
    const { registry, backend } = setUp(['seoul'], { healthIntervalSeconds: 0 })
    await registry.checkNow()
    backend('seoul').probe = down
    vi.setSystemTime(new Date(NOW.getTime() + 60_000))
    await registry.checkNow()
    await registry.checkNow()
    expect(registry.health('seoul')).toMatchObject({
      status: 'unreachable',
      checked_at: new Date(NOW.getTime() + 60_000),
      consecutive_failures: 2,
      last_ok_at: NOW,
      version: '2.42.0',
    })
  })

  it('shows the state of the circuit', () => {
    const { registry } = setUp(['seoul'], {
      connect: () => ({
        client: { instant: hungReply, range: hungReply },
        probe: hung,
        circuit: () => 'open',
        close: () => Promise.resolve(),
      }),
    })
    expect(registry.health('seoul').circuit).toBe('open')
  })
  const hungReply = (): Promise<never> => new Promise(() => undefined)

  it('is a timeout for a backend that ignores even the signal, and delays no other', async () => {
    const { registry, backend } = setUp(['seoul', 'busan'], { healthIntervalSeconds: 0 })
    backend('seoul').probe = hung
    const checked = registry.checkNow()
    await vi.advanceTimersByTimeAsync(0)
    expect(registry.health('busan').status).toBe('ok')
    await vi.advanceTimersByTimeAsync(5000)
    await checked
    expect(registry.health('seoul')).toMatchObject({ status: 'timeout', response_time_ms: 5000 })
  })

  it('is checked in the background, and recovers there', async () => {
    const { registry, backend, changes } = setUp(['seoul'])
    backend('seoul').probe = down
    await vi.advanceTimersByTimeAsync(600)
    expect(registry.health('seoul').status).toBe('unreachable')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(registry.health('seoul').consecutive_failures).toBe(2)
    backend('seoul').probe = () => Promise.resolve({ version: null })
    await vi.advanceTimersByTimeAsync(15_000)
    expect(registry.health('seoul')).toMatchObject({ status: 'ok', consecutive_failures: 0 })
    const statuses = changes.filter(({ change }) => change === 'status')
    expect(statuses.map(({ health }) => health.status)).toEqual(['unreachable', 'ok'])
    expect(statuses[0]!.error).toMatchObject({ detail: 'connection refused' })
  })

  it('survives a fault of ours, and tells of it', async () => {
    const { registry, backend, changes } = setUp(['seoul'])
    backend('seoul').probe = () => Promise.reject(new TypeError('a fault of ours'))
    await vi.advanceTimersByTimeAsync(600)
    expect(registry.health('seoul').status).toBe('invalid')
    expect(changes.at(-1)).toMatchObject({ change: 'status', error: { name: 'TypeError' } })
    backend('seoul').probe = () => Promise.resolve({ version: null })
    await vi.advanceTimersByTimeAsync(17_000)
    expect(registry.health('seoul').status).toBe('ok')
  })

  it('is asked for once where two ask at the same time', async () => {
    const { registry, backend } = setUp(['seoul'], { healthIntervalSeconds: 0 })
    const probe = vi.fn(() => Promise.resolve({ version: null }))
    backend('seoul').probe = probe
    await Promise.all([registry.checkNow(), registry.checkNow()])
    expect(probe).toHaveBeenCalledTimes(1)
  })

  it('is not checked in step with that of others', async () => {
    const randoms = [0, 0.9]
    const { registry, backend } = setUp(['seoul', 'busan'], {
      random: () => randoms.shift() ?? 0.5,
    })
    const times: string[] = []
    for (const name of ['seoul', 'busan'])
      backend(name).probe = () => {
        times.push(`${name} ${Date.now() - NOW.getTime()}`)
        return Promise.resolve({ version: null })
      }
    await vi.advanceTimersByTimeAsync(1000)
    expect(times).toEqual(['seoul 0', 'busan 900'])
    await registry.close()
  })
})

describe('the end of a cluster', () => {
  it('ends its checks and its connection', async () => {
    const { registry, backend, changes } = setUp(['seoul'])
    const probe = vi.fn(() => Promise.resolve({ version: null }))
    backend('seoul').probe = probe
    registry.remove('seoul')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(probe).not.toHaveBeenCalled()
    expect(backend('seoul').closed).toBe(true)
    expect(changes.at(-1)).toMatchObject({ name: 'seoul', change: 'removed' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends the check that is under way', async () => {
    const { registry, backend } = setUp(['seoul'])
    let ended = false
    backend('seoul').probe = (signal) => {
      signal.addEventListener('abort', () => (ended = true))
      return hung()
    }
    void registry.checkNow()
    await registry.close()
    expect(ended).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is told also when its connection does not end well', async () => {
    const { registry, changes } = setUp(['seoul'], {
      connect: () => ({
        client: {
          instant: () => new Promise(() => undefined),
          range: () => new Promise(() => undefined),
        },
        probe: hung,
        close: () => Promise.reject(new Error('stuck')),
      }),
    })
    registry.remove('seoul')
    await vi.advanceTimersByTimeAsync(0)
    expect(changes.at(-1)).toMatchObject({ change: 'removed', error: { message: 'stuck' } })
  })

  it('comes to all when the registry is closed, which waits for their connections', async () => {
    const { registry, backend } = setUp(['seoul', 'busan'])
    await registry.close()
    expect(registry.all()).toEqual([])
    expect(backend('seoul').closed && backend('busan').closed).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})
