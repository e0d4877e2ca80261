import { describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import {
  createHub,
  type HubLimits,
  type Reading,
  type Shaping,
  type TopicSpec,
} from '../../../src/services/streams/index.ts'
import { fakeTimers, settle, type FakeTimers } from '../../support/fake-timers.ts'

const LIMITS: HubLimits = {
  maxTopics: 3,
  ringBytes: 100_000,
  heartbeatSeconds: 15,
  keptSeconds: 120,
  maxBacklogBytes: 1000,
  slowSeconds: 30,
}

const PLAIN: Shaping = {
  deadband: null,
  deadbandPercent: null,
  minIntervalSeconds: 0,
  threshold: null,
  spikePercent: null,
  watch: 'total',
}

type Told = Readonly<Record<string, any>>

/** A client that takes everything, until the test says that its network does not. */
function client() {
  const frames: Buffer[] = []
  const closed: string[] = []
  let backlog = 0
  let stuck = false
  return {
    outlet: {
      send({ message }: { readonly message: Buffer }) {
        frames.push(message)
        if (stuck) backlog += message.length
      },
      get backlogBytes() {
        return backlog
      },
      close: (code: string) => void closed.push(code),
    },
    closed,
    frames,
    get backlog() {
      return backlog
    },
    stick: () => (stuck = true),
    flow() {
      stuck = false
      backlog = 0
    },
    /** What came since it was last asked. */
    take: (): Told[] => frames.splice(0).map((frame) => JSON.parse(frame.toString()) as Told),
    types: (): string[] => frames.splice(0).map((frame) => (JSON.parse(frame.toString()) as Told)['type']), // prettier-ignore
  }
}

/** A world in which the total is what the test says, and every look at it is counted. */
function world(timers: FakeTimers, limits: Partial<HubLimits> = {}) {
  const looks: Date[] = []
  const signals: AbortSignal[] = []
  let answer: () => Promise<Partial<Reading>> = () => Promise.resolve({})
  const hub = createHub({
    timers,
    limits: { ...LIMITS, ...limits },
    describe: (error) => ({ title: (error as Error).message, request_id: String(Math.random()) }),
  })
  const read = async (at: Date, signal: AbortSignal): Promise<Reading> => {
    looks.push(at)
    signals.push(signal)
    const own = await answer()
    return {
      observedAt: at,
      data: JSON.stringify({ total: own.total ?? 100 }),
      meta: '{}',
      total: 100,
      rows: [],
      scope: ['seoul'],
      circumstances: '',
      basis: '',
      ...own,
    }
  }
  const spec = (shaping: Partial<Shaping> = {}, interval = 5, name = ''): TopicSpec => ({
    topic: JSON.stringify([name, interval, shaping]),
    read: { key: `${name} ${interval}`, intervalSeconds: interval, read },
    shaping: { ...PLAIN, ...shaping },
  })
  return {
    hub,
    looks,
    signals,
    spec,
    says: (own: Partial<Reading>) => (answer = () => Promise.resolve(own)),
    fails: (error: Error) => (answer = () => Promise.reject(error)),
    hangs: () => (answer = () => new Promise(() => undefined)),
  }
}

const FRESH = { resumeAfter: null }

describe('a subscription', () => {
  it('gets the state at once, and an update at every interval', async () => {
    const timers = fakeTimers()
    const { hub, spec, looks } = world(timers)
    const viewer = client()
    hub.open(viewer.outlet).subscribe(spec(), FRESH)
    await settle()
    expect(viewer.types()).toEqual(['snapshot'])
    await timers.pass(10)
    expect(viewer.types()).toEqual(['update', 'update'])
    expect(looks.map((at) => at.toISOString().slice(17, 19))).toEqual(['00', '05', '10'])
  })

  it('shares one look and the same bytes with everybody who asks the same', async () => {
    const timers = fakeTimers()
    const { hub, spec, looks } = world(timers)
    const viewers = Array.from({ length: 100 }, () => client())
    for (const { outlet } of viewers) hub.open(outlet).subscribe(spec(), FRESH)
    await timers.pass(5)
    expect(looks).toHaveLength(2)
    const second = viewers.map(({ frames }) => frames.at(-1))
    expect(new Set(second).size).toBe(1)
    expect(hub.stats()).toEqual({ topics: 1, subscriptions: 100, sources: 1 })
  })

  it('shares the look with those who only want to be told of other things', async () => {
    const timers = fakeTimers()
    const { hub, spec, looks } = world(timers)
    hub.open(client().outlet).subscribe(spec(), FRESH)
    await timers.pass(7)
    const late = client()
    hub.open(late.outlet).subscribe(spec({ deadband: 5 }), FRESH)
    await settle()
    expect(late.types()).toEqual(['snapshot'])
    expect(looks).toHaveLength(2)
    expect(hub.stats()).toMatchObject({ topics: 2, sources: 1 })
  })

  it('shows a newcomer what is so, as a snapshot', async () => {
    const timers = fakeTimers()
    const { hub, spec, says } = world(timers)
    const first = client()
    hub.open(first.outlet).subscribe(spec(), FRESH)
    says({ total: 250 })
    await timers.pass(5)
    const late = client()
    hub.open(late.outlet).subscribe(spec(), FRESH)
    const seen = first.take().at(-1)
    expect(late.take()).toEqual([{ ...seen, type: 'snapshot' }])
  })

  it('ends all looking when the last viewer has gone, also the look that is under way', async () => {
    const timers = fakeTimers()
    const { hub, spec, looks, signals, hangs } = world(timers)
    const one = hub.open(client().outlet)
    const other = hub.open(client().outlet)
    one.subscribe(spec(), FRESH)
    other.subscribe(spec(), FRESH)
    await settle()
    hangs()
    await timers.pass(5)
    one.leave()
    expect(signals[signals.length - 1]!.aborted).toBe(false)
    other.leave()
    expect(signals[signals.length - 1]!.aborted).toBe(true)
    const before = looks.length
    await timers.pass(600)
    expect(looks).toHaveLength(before)
    expect(timers.pending).toBe(0)
    expect(hub.stats()).toEqual({ topics: 0, subscriptions: 0, sources: 0 })
  })

  it('does not begin a second look while one takes longer than the interval', async () => {
    const timers = fakeTimers()
    const { hub, spec, looks, hangs } = world(timers)
    hangs()
    hub.open(client().outlet).subscribe(spec({}, 1), FRESH)
    await timers.pass(10)
    expect(looks).toHaveLength(1)
  })

  it('refuses one topic too many, and takes it when there is room again', async () => {
    const timers = fakeTimers()
    const { hub, spec } = world(timers)
    const [first] = [1, 2, 3].map((interval) =>
      hub.open(client().outlet).subscribe(spec({}, interval), FRESH),
    )
    const late = hub.open(client().outlet)
    expect(() => late.subscribe(spec({}, 4), FRESH)).toThrow(KCloudError)
    late.subscribe(spec({}, 2), FRESH)
    first!.end()
    late.subscribe(spec({}, 4), FRESH)
    await settle()
    expect(hub.stats()).toMatchObject({ topics: 3, subscriptions: 4 })
  })
})

describe('what is told', () => {
  const told = async (
    shaping: Partial<Shaping>,
    totals: readonly (Partial<Reading> | number)[],
  ) => {
    const timers = fakeTimers()
    const { hub, spec, says } = world(timers)
    const viewer = client()
    const say = (next: Partial<Reading> | number) =>
      says(typeof next === 'number' ? { total: next } : next)
    say(totals[0]!)
    hub.open(viewer.outlet).subscribe(spec(shaping), FRESH)
    await settle()
    for (const next of totals.slice(1)) {
      say(next)
      await timers.pass(5)
    }
    return viewer.take().filter(({ type }) => type !== 'heartbeat')
  }
  const types = (frames: readonly Told[]) => frames.map(({ type }) => type as string)

  it('is nothing within the deadband, measured from what was told last', async () => {
    const frames = await told({ deadband: 10 }, [100, 106, 110, 111, 111])
    expect(frames.map(({ data }) => data?.total)).toEqual([100, 111])
  })

  it('is nothing sooner than the least interval, and then the newest', async () => {
    const frames = await told({ minIntervalSeconds: 12 }, [100, 101, 102, 103, 104])
    expect(frames.map(({ data }) => data?.total)).toEqual([100, 103])
  })

  it('is a change of who answered, however small the change of the figure', async () => {
    const partial = { total: 100, circumstances: 'busan is silent' }
    expect(types(await told({ deadband: 10 }, [100, partial, partial, 100]))).toEqual([
      'snapshot',
      'update',
      'update',
    ])
  })

  it('is a threshold once each way, with the hysteresis between', async () => {
    const threshold = { value: 200, hysteresisPercent: 10 }
    const frames = await told(
      { threshold, deadband: 1e9 },
      [100, 210, 190, 220, 181, 180, 150, 230],
    )
    const edges = frames.filter(({ type }) => String(type).startsWith('threshold'))
    expect(edges.map(({ type, value }) => [type, value])).toEqual([
      ['threshold_exceeded', 210],
      ['threshold_cleared', 180],
      ['threshold_exceeded', 230],
    ])
  })

  it('is no cleared threshold while a cluster is missing from the total', async () => {
    const threshold = { value: 200, hysteresisPercent: 0 }
    const both = { scope: ['seoul', 'busan'] }
    const frames = await told({ threshold }, [
      { total: 300, ...both },
      { total: 120, scope: ['seoul'] },
      { total: 110, ...both },
    ])
    expect(types(frames).filter((type) => type.startsWith('threshold'))).toEqual([
      'threshold_exceeded',
      'threshold_cleared',
    ])
    expect(frames.at(-1)).toMatchObject({ type: 'threshold_cleared', value: 110 })
    expect(frames.findLast(({ data }) => data?.total === 120)?.['exceeded']).toHaveLength(1)
  })

  it('is a spike either way, but not when the total covers something else', async () => {
    const frames = await told({ spikePercent: 20 }, [
      100,
      121,
      { total: 145, basis: 'another meter' },
      { total: 100, basis: 'another meter' },
    ])
    const spikes = frames.filter(({ type }) => type === 'power_spike')
    expect(spikes.map(({ previous_watts: a, power_watts: b }) => [a, b])).toEqual([
      [100, 121],
      [145, 100],
    ])
  })

  it('watches each row where rows are watched', async () => {
    const rows = (a: number, b: number) => ({
      rows: [
        { key: { node: 'a' }, value: a },
        { key: { node: 'b' }, value: b },
      ],
    })
    const threshold = { value: 50, hysteresisPercent: 0 }
    const frames = await told({ threshold, watch: 'rows' }, [
      rows(10, 60),
      rows(70, 60),
      rows(70, 20),
      { rows: [] },
    ])
    const edges = frames.filter(({ type }) => String(type).startsWith('threshold'))
    expect(edges.map(({ type, key, value }) => [type, key.node, value])).toEqual([
      ['threshold_exceeded', 'b', 60],
      ['threshold_exceeded', 'a', 70],
      ['threshold_cleared', 'b', 20],
      ['threshold_cleared', 'a', null],
    ])
  })

  it('is a failure once, until it is another; then the state, however little has changed', async () => {
    const timers = fakeTimers()
    const { hub, spec, says, fails } = world(timers)
    const viewer = client()
    hub.open(viewer.outlet).subscribe(spec({ deadband: 10 }), FRESH)
    await settle()
    fails(new Error('unreachable'))
    await timers.pass(15)
    fails(new Error('timeout'))
    await timers.pass(5)
    says({})
    await timers.pass(5)
    expect(viewer.types().filter((type) => type !== 'heartbeat')).toEqual([
      'snapshot',
      'error',
      'error',
      'update',
    ])
  })

  it('is the failure and not the state of before, to whoever comes while it lasts', async () => {
    const timers = fakeTimers()
    const { hub, spec, says, fails } = world(timers)
    hub.open(client().outlet).subscribe(spec(), FRESH)
    await settle()
    fails(new Error('unreachable'))
    await timers.pass(5)
    const late = client()
    hub.open(late.outlet).subscribe(spec(), FRESH)
    expect(late.types()).toEqual(['error'])
    says({})
    await timers.pass(5)
    expect(late.types()).toEqual(['snapshot'])
  })

  it('is that the topic is alive, every 15 s, with the time of its last reading', async () => {
    const timers = fakeTimers()
    const { hub, spec, fails } = world(timers)
    const viewer = client()
    hub.open(viewer.outlet).subscribe(spec({ deadband: 10 }), FRESH)
    await timers.pass(15)
    fails(new Error('unreachable'))
    await timers.pass(15)
    const beats = viewer.take().filter(({ type }) => type === 'heartbeat')
    expect(beats.map(({ state, observed_at: at }) => [state, String(at).slice(17, 19)])).toEqual([
      ['live', '10'],
      ['failing', '15'],
    ])
  })
})

describe('a slow viewer', () => {
  const big = (total: number) => ({ total, data: JSON.stringify({ total, pad: 'x'.repeat(400) }) })

  it('keeps a bounded backlog, then gets a gap and the newest state, while others get all', async () => {
    const timers = fakeTimers()
    const { hub, spec, says } = world(timers)
    const [slow, quick] = [client(), client()]
    for (const { outlet } of [slow, quick]) hub.open(outlet).subscribe(spec({}, 1), FRESH)
    await settle()
    slow.stick()
    for (let total = 1; total <= 20; total += 1) {
      says(big(total))
      await timers.pass(1)
    }
    expect(slow.backlog).toBeLessThanOrEqual(LIMITS.maxBacklogBytes)
    slow.take()
    slow.flow()
    await timers.pass(0.3)
    const [gap, state] = slow.take()
    expect(gap).toMatchObject({ type: 'gap', reason: 'slow' })
    expect(gap!['missed']).toBeGreaterThan(10)
    expect(state).toMatchObject({ type: 'update', data: { total: 20 } })
    expect(quick.take().filter(({ type }) => type === 'update')).toHaveLength(20)
    expect(slow.closed).toEqual([])
  })

  it('is sent away as slow when it stays behind', async () => {
    const timers = fakeTimers()
    const { hub, spec, says } = world(timers)
    const slow = client()
    const connection = hub.open(slow.outlet)
    connection.subscribe(spec({}, 1), FRESH)
    await settle()
    slow.stick()
    says(big(1))
    await timers.pass(40)
    expect(slow.closed).toEqual(['slow'])
  })
})

describe('a viewer who comes back', () => {
  it('gets what it missed, and nothing else', async () => {
    const timers = fakeTimers()
    const { hub, spec, says } = world(timers)
    const [steady, broken] = [client(), client()]
    hub.open(steady.outlet).subscribe(spec(), FRESH)
    const connection = hub.open(broken.outlet)
    connection.subscribe(spec(), FRESH)
    await settle()
    const { id } = broken.take().at(-1)
    connection.leave()
    for (const total of [1, 2, 3]) {
      says({ total })
      await timers.pass(5)
    }
    const again = client()
    hub.open(again.outlet).subscribe(spec(), { resumeAfter: id as string })
    expect(again.take().map(({ data }) => data.total)).toEqual([1, 2, 3])
  })

  it('goes on where it was, though nobody watched meanwhile', async () => {
    const timers = fakeTimers()
    const { hub, spec, looks } = world(timers)
    const viewer = client()
    const connection = hub.open(viewer.outlet)
    connection.subscribe(spec(), FRESH)
    await settle()
    const { id } = viewer.take().at(-1)
    connection.leave()
    await timers.pass(60)
    expect(looks).toHaveLength(1)
    hub.open(viewer.outlet).subscribe(spec(), { resumeAfter: id as string })
    await settle()
    expect(viewer.types()).toEqual(['snapshot'])
  })

  it('is told that what it had is not kept, and gets the state', async () => {
    const timers = fakeTimers()
    const { hub, spec } = world(timers)
    const viewer = client()
    hub.open(viewer.outlet).subscribe(spec(), { resumeAfter: 'long.1' })
    await settle()
    expect(viewer.types()).toEqual(['reset', 'snapshot'])
    await timers.pass(0)
    hub.open(viewer.outlet).subscribe(spec(), { resumeAfter: 'ago.2' })
    expect(viewer.types()).toEqual(['reset', 'snapshot'])
  })

  it('finds only so much as the ring holds', async () => {
    const timers = fakeTimers()
    const { hub, spec } = world(timers, { ringBytes: 2000 })
    const viewer = client()
    hub.open(viewer.outlet).subscribe(spec({}, 1), FRESH)
    await timers.pass(30)
    const ids = viewer.take().flatMap(({ id }) => (id === undefined ? [] : [id as string]))
    const resume = (id: string) => {
      const again = client()
      hub.open(again.outlet).subscribe(spec({}, 1), { resumeAfter: id })
      return again.types()
    }
    expect(resume(ids[0]!)).toEqual(['reset', 'snapshot'])
    expect(resume(ids.at(-2))).toEqual(['update'])
  })
})
