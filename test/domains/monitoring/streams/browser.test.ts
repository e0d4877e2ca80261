import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, startBrowser, startPage } from '../../../support/browser.ts'
import { requireReal } from '../../../support/real-prometheus.ts'
import { serveStreams, type StreamServer } from '../../../support/streams.ts'

const SEOUL = 'kepler_node_cpu_watts{node_name="a",zone="package"} 100'

/** What a page saw of a stream: the type of its first event, or how it was refused. */
interface Seen {
  readonly first: string | null
  readonly code: number | null
}

describe.skipIf(!requireReal(CHROMIUM, 'chromium'))('a stream in Chromium', () => {
  let browser: Browser
  let server: StreamServer
  let own: Page
  let foreign: Page
  let place: Awaited<ReturnType<typeof startPage>>
  beforeAll(async () => {
    server = await serveStreams({ seoul: SEOUL })
    place = await startPage()
    browser = await startBrowser()
    own = await browser.newPage()
    await own.goto(`${new URL(server.url).origin}/docs`)
    foreign = await browser.newPage()
    await foreign.goto(place.url)
  })
  afterAll(async () => {
    await browser.close()
    await place.close()
    await server.close()
  })

  const socket = (page: Page, query: string, user = ''): Promise<Seen> =>
    page.evaluate(
      (url) =>
        new Promise<Seen>((resolve) => {
          const opened = new WebSocket(url)
          opened.onmessage = ({ data }) => {
            resolve({ first: (JSON.parse(data as string) as { type: string }).type, code: null })
            opened.close()
          }
          opened.onclose = ({ code }) => resolve({ first: null, code })
        }),
      `${server.url}/stream/power${query}`.replace('http://', `ws://${user}`),
    )
  const events = (page: Page, query: string): Promise<Seen> =>
    page.evaluate(
      (url) =>
        new Promise<Seen>((resolve) => {
          const source = new EventSource(url)
          const end = (first: string | null) => {
            resolve({ first, code: null })
            source.close()
          }
          source.addEventListener('snapshot', () => end('snapshot'))
          source.onerror = () => end(null)
        }),
      `${server.url}/events/power${query}`,
    )
  const ticket = async () => `?ticket=${await server.ticket()}`
  const REFUSED = { first: null, code: 1006 }
  const OPENED = { first: 'snapshot', code: null }

  it('opens with a ticket, once', async () => {
    const query = await ticket()
    expect(await socket(own, query)).toEqual(OPENED)
    expect(await socket(own, query)).toEqual(REFUSED)
    const other = await ticket()
    expect(await events(own, other)).toEqual(OPENED)
    expect(await events(own, other)).toEqual({ first: null, code: null })
  })

  it('does not open without a ticket, with an expired one, or with a wrong password', async () => {
    expect(await socket(own, '')).toEqual(REFUSED)
    expect(await events(own, '')).toEqual({ first: null, code: null })
    const query = await ticket()
    await server.timers.pass(31)
    expect(await socket(own, query)).toEqual(REFUSED)
    expect(await socket(own, '', 'tester:wrong@')).toEqual(REFUSED)
  })

  it('does not open for a page of another origin, though its ticket is good', async () => {
    expect(await socket(foreign, await ticket())).toEqual(REFUSED)
    expect(await events(foreign, await ticket())).toEqual({ first: null, code: null })
  })

  it('does not open for a page of another origin in a browser that knows the password', async () => {
    const knows = await browser.newContext({
      httpCredentials: { username: 'tester', password: 'correct horse' },
    })
    const page = await knows.newPage()
    await page.goto(`${server.url}/stream/info`)
    await page.goto(place.url)
    expect(await socket(page, '')).toEqual(REFUSED)
    await knows.close()
  })
})
