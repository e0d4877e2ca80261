import { describe, expect, it } from 'vitest'
import { KCloudError } from '../../src/kernel/errors.ts'
import {
  fineWindow,
  MOST_POINTS,
  parseDuration,
  resolveWindow,
} from '../../src/kernel/time-range.ts'

const NOW = new Date('2026-11-20T05:00:00Z')

function refusalOf(window: Parameters<typeof resolveWindow>[0]) {
  try {
    resolveWindow(window, NOW)
  } catch (error) {
    if (error instanceof KCloudError) return { kind: error.kind, errors: error.errors }
    throw error
  }
  return undefined
}

describe('parseDuration', () => {
  it.each([
    ['30s', 30],
    ['1m', 60],
    ['5m', 300],
    ['1h30m', 5400],
    ['1d', 86_400],
    ['1w', 604_800],
    ['1mo', 2_592_000],
    ['1500ms', 1.5],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each([
    '',
    '0s',
    '5',
    'm',
    '-5m',
    '5 m',
    '1.5h',
    '1m1h',
    '1h;drop',
    '5M',
    '١m',
    '9'.repeat(40) + 's',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})

describe('resolveWindow', () => {
  it('is the last hour in steps that stay under 500 points', () => {
    expect(resolveWindow({}, NOW)).toEqual({
      start: new Date('2026-11-20T04:00:00Z'),
      end: NOW,
      stepSeconds: 15,
    })
  })

  it.each([
    ['1h', 15],
    ['6h', 60],
    ['1d', 300],
    ['1w', 3600],
    ['1mo', 21_600],
  ])('chooses the step of %s', (period, stepSeconds) => {
    expect(resolveWindow({ period }, NOW).stepSeconds).toBe(stepSeconds)
  })

  it('reads RFC 3339 with any offset and unix seconds as the same time', () => {
    const utc = resolveWindow({ start: '2026-11-20T03:00:00Z', step: '1m' }, NOW)
    expect(resolveWindow({ start: '2026-11-20T12:00:00+09:00', step: '1m' }, NOW)).toEqual(utc)
    expect(resolveWindow({ start: '1795143600', step: '1m' }, NOW)).toEqual(utc)
    expect(resolveWindow({ start: '2026-11-20T12:00:00 09:00', step: '1m' }, NOW)).toEqual(utc)
  })

  it('puts both ends on multiples of the step, so that equal questions share an answer', () => {
    const early = resolveWindow({ step: '5m' }, new Date('2026-11-20T05:01:00Z'))
    const late = resolveWindow({ step: '5m' }, new Date('2026-11-20T05:04:59Z'))
    expect(early).toEqual(late)
  })

  it('has at least one step, even in a window that is shorter', () => {
    const window = { start: '2026-11-20T04:10:00Z', end: '2026-11-20T04:20:00Z', step: '1h' }
    expect(resolveWindow(window, NOW)).toMatchObject({
      start: new Date('2026-11-20T03:00:00Z'),
      end: new Date('2026-11-20T04:00:00Z'),
    })
  })

  it.each([
    [{ period: 'soon' }, '/query/period'],
    [{ step: '0s' }, '/query/step'],
    [{ step: '500ms' }, '/query/step'],
    [{ start: 'yesterday' }, '/query/start'],
    [{ start: '2026-13-01T00:00:00Z' }, '/query/start'],
    [{ start: '2026-11-20T04:00:00Z', end: 'x' }, '/query/end'],
    [{ start: '2026-11-20T06:00:00Z' }, '/query/start'],
    [{ start: '2026-11-20T05:00:00Z', end: '2026-11-20T05:00:00Z' }, '/query/start'],
    [{ end: '2026-11-20T05:00:00Z' }, '/query/end'],
    [{ period: '1h', start: '2026-11-20T04:00:00Z' }, '/query/period'],
    [{ period: '100y' }, '/query/period'],
  ])('names the wrong parameter of %j', (window, pointer) => {
    const refusal = refusalOf(window)
    expect(refusal?.kind).toBe('invalid_request')
    expect(refusal?.errors[0]?.pointer).toBe(pointer)
  })

  it('names the smallest step that is allowed when there are too many points', () => {
    const refusal = refusalOf({ period: '1d', step: '1s' })
    const smallest = Math.ceil(86_400 / MOST_POINTS)
    expect(refusal?.errors[0]?.detail).toContain(`${smallest}s`)
    expect(() => resolveWindow({ period: '1d', step: `${smallest}s` }, NOW)).not.toThrow()
  })
})

describe('fineWindow', () => {
  it('ends now, whatever the step of the series', () => {
    const now = new Date('2026-11-20T05:09:59.750Z')
    expect(fineWindow({ period: '30m', step: '10m' }, now)).toEqual({
      start: new Date('2026-11-20T04:39:59Z'),
      end: new Date('2026-11-20T05:09:59Z'),
      stepSeconds: 4,
    })
  })

  it.each(['10s', '1h', '1d', '1mo'])('is filled by whole steps for %s', (period) => {
    const { start, end, stepSeconds } = fineWindow({ period }, NOW)
    const seconds = (end.getTime() - start.getTime()) / 1000
    expect(seconds % stepSeconds).toBe(0)
    expect(seconds - (parseDuration(period) ?? 0)).toBeGreaterThanOrEqual(0)
    expect(seconds - (parseDuration(period) ?? 0)).toBeLessThan(stepSeconds)
    expect(seconds / stepSeconds).toBeLessThanOrEqual(480)
  })
})
