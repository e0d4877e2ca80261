import { describe, expect, it } from 'vitest'
import type { Share } from '../../../src/analysis/power/input.ts'
import { sightOf } from '../../../src/kernel/sight.ts'
import type { Moment } from '../../../src/services/fleet/assemble.ts'
import { momentSeen, seenIn } from '../../../src/services/fleet/seen.ts'

const SIGHT = sightOf([{ cluster: 'seoul', namespaces: ['team-a'] }], 'namespace')

type RowOfBoard = Moment['input']['boards'][number]

function heldBy(key: string, namespace: string): RowOfBoard {
  const owner = { kind: 'pod' as const, namespace, pod: `${namespace}-0`, container: null }
  return { cluster: 'seoul', key, shares: [{ owner } as Share] } as unknown as RowOfBoard
}

/** How busy boards are, as somebody who sees `team-a` alone gets it. */
function loadsSeen(boards: readonly RowOfBoard[], keys: readonly string[]): string[] {
  const loads = keys.map((key) => ({ cluster: 'seoul', key }))
  const moment = { input: { boards }, loads, pods: [] } as unknown as Moment
  return momentSeen(moment, seenIn(SIGHT)).loads.map(({ key }) => key)
}

describe('how busy boards are, for those who see some namespaces', () => {
  it('is told of a board that only their own pods hold', () => {
    expect(
      loadsSeen([heldBy('GPU-1', 'team-a'), heldBy('GPU-2', 'team-b')], ['GPU-1', 'GPU-2']),
    ).toEqual(['GPU-1'])
  })

  it('is not told of a board in time slices of theirs and of others, each in a row of its own', () => {
    const shared = [heldBy('GPU-1', 'team-a'), heldBy('GPU-1', 'team-b')]
    expect(loadsSeen(shared, ['GPU-1'])).toEqual([])
    expect(loadsSeen(shared.toReversed(), ['GPU-1'])).toEqual([])
  })
})
