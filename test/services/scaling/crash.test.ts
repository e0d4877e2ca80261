import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { webhookSender } from '../../../src/services/outbox/index.ts'
import { cluster, startScaling } from '../../support/scaling.ts'
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts'

const PROGRAM = fileURLToPath(new URL('decide-until-killed.ts', import.meta.url))
let dir: string
let receiver: WebhookReceiver
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'scaling-'))
  receiver = await startReceiver()
})
afterAll(async () => {
  await receiver.close()
  await rm(dir, { recursive: true, force: true })
})

async function killedWhen(moment: 'decided' | 'received', path: string): Promise<void> {
  const url = `${receiver.url}/${moment}`
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, path, url, moment], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
}

/** The next server over the same store, so many seconds later. */
async function next(path: string, seconds: number) {
  const now = () => new Date(Date.now() + seconds * 1000)
  const attempts = {
    kubernetes: () => Promise.reject(new Error('not asked for')),
    webhook: webhookSender({
      allows: () => true,
      secrets: ['a secret that signs webhooks'],
      timeoutSeconds: 5,
      now,
    }),
  }
  return await startScaling(
    { seoul: cluster({ replicas: 12, watts: 440 }) },
    { now, advance: () => undefined },
    { place: { path }, options: { attempts } },
  )
}

const receivedAt = (path: string) =>
  receiver.received.filter((each) => each.path === path).map(({ headers }) => headers['webhook-id'])

describe('a server that is killed', () => {
  it.each([
    // Before anything was sent: it comes once. After it was received: it comes again, and can be told.
    ['decided', 0, 1],
    ['received', 1, 2],
  ] as const)(
    'when a change was %s loses nothing, and decides nothing twice',
    async (moment, before, after) => {
      const path = join(dir, `${moment}.db`)
      await killedWhen(moment, path)
      expect(receivedAt(`/${moment}`)).toHaveLength(before)
      // A lease that the killed one held has run out by then.
      const server = await next(path, 120)
      const { scaling } = server
      await scaling.turn()
      await scaling.deliver()
      await scaling.deliver()
      const ids = receivedAt(`/${moment}`)
      expect(ids).toHaveLength(after)
      expect(new Set(ids).size).toBe(1)
      const page = { limit: 10, offset: 0, newestFirst: false }
      const { events } = await scaling.events({}, page)
      expect(events.map(({ action, rule }) => [action, rule])).toEqual([
        ['scale_in', 'over_budget'],
        ['hold', 'cooldown'],
      ])
      expect(events[0]?.delivery).toMatchObject({ state: 'delivered' })
      await server.close()
    },
    60_000,
  )
})
