import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser } from 'playwright-core'

const PLACE = '/usr/bin/chromium'

/** The browser of Debian, for `requireReal`. */
export const CHROMIUM = PLACE

/** A real browser without a window. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: PLACE,
    // As root, and in containers, it has no sandbox and little shared memory.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
}

/** An empty page of an origin of its own. */
export async function startPage(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>page</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
