import { describe, expect, it } from 'vitest'
import { createTicks, gridTicks } from '../../src/http/ticks.ts'
import { fakeClock } from '../support/test-app.ts'

describe('createTicks', () => {
  it('is now for the first question and the same moment for all that follow within the life', () => {
    const clock = fakeClock()
    const ticks = createTicks(clock.now)
    clock.advance(17)
    const first = ticks(30)
    expect(first).toEqual(new Date('2026-11-20T00:00:17Z'))
    clock.advance(29)
    expect(ticks(30)).toBe(first)
    clock.advance(1)
    expect(ticks(30)).toEqual(new Date('2026-11-20T00:00:47Z'))
  })

  it('is always now for answers that have no life', () => {
    const clock = fakeClock()
    const ticks = createTicks(clock.now)
    ticks(0)
    clock.advance(1)
    expect(ticks(0)).toEqual(clock.now())
  })

  it('begins anew when the clock was set back', () => {
    const clock = fakeClock()
    const ticks = createTicks(clock.now)
    ticks(30)
    clock.advance(-3600)
    expect(ticks(30)).toEqual(clock.now())
  })
})

describe('gridTicks', () => {
  it('is the same moment for all servers within a life', () => {
    const clock = fakeClock()
    const servers = [gridTicks(clock.now), gridTicks(clock.now)]
    clock.advance(17)
    expect(servers.map((ticks) => ticks(30))).toEqual([
      new Date('2026-11-20T00:00:00Z'),
      new Date('2026-11-20T00:00:00Z'),
    ])
    clock.advance(13)
    expect(servers.map((ticks) => ticks(30).toISOString().slice(17, 19))).toEqual(['30', '30'])
  })

  it('is always now for answers that have no life', () => {
    const clock = fakeClock()
    clock.advance(17)
    expect(gridTicks(clock.now)(0)).toEqual(clock.now())
  })
})
