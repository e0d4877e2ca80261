import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { bundleDashboard } from '../../src/http/dashboard-files.ts'
import { CHROMIUM, startBrowser } from '../support/browser.ts'
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import { requireReal } from '../support/real-prometheus.ts'
import { CREDENTIALS } from '../support/whole-server.ts'

// What the functions find that run in the page.
declare const document: any
declare const requestAnimationFrame: (done: (at: number) => void) => number

/** The demo on a real port, behind a proxy that can cut what goes through it. */
async function serveDemo() {
  const environment = {
    API_AUTH_USERNAME: CREDENTIALS.username,
    API_AUTH_PASSWORD: CREDENTIALS.password,
    LOG_LEVEL: 'silent',
    STATE_PATH: ':memory:',
  }
  const composed = await compose(readConfig(environment, { demo: true }))
  const { server } = composed
  await server.listen({ host: '127.0.0.1', port: 0 })
  const proxy = await startFaultProxy((server.server.address() as AddressInfo).port)
  return { server, proxy, close: async () => (await proxy.close(), composed.close()) }
}

const SIZES = {
  phone: { width: 360, height: 740 },
  laptop: { width: 1366, height: 768 },
  wall: { width: 2560, height: 1440 },
}
const LOOKS = Object.keys(SIZES).flatMap((size) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    ['ko', 'en'].map((language) => ({ size: size as keyof typeof SIZES, colorScheme, language })),
  ),
)

const stateOf = (page: Page, ...states: readonly string[]) =>
  page.waitForFunction(
    (wanted) => wanted.includes(document.querySelector('#state').dataset.state as string),
    states,
    { timeout: 100_000 },
  )
const all = (page: Page, selectors: readonly string[]) =>
  Promise.all(selectors.map((selector) => page.waitForSelector(selector, { timeout: 100_000 })))

describe('the bundle of the dashboard', () => {
  it('is below 300 kB compressed, and loads nothing from elsewhere', async () => {
    const files = await bundleDashboard()
    const bytes = Object.values(files).map((file) => gzipSync(file).length)
    const sum = bytes.reduce((total, one) => total + one, 0)
    console.log(`dashboard: ${sum} bytes compressed`)
    expect(sum).toBeGreaterThan(10_000)
    expect(sum).toBeLessThan(300_000)
    expect(String(files['index.html'])).not.toMatch(/https?:|style=|onload=|<script>/)
    expect(String(files['style.css'])).not.toMatch(/https?:|@import/)
  })
})

describe.skipIf(!requireReal(CHROMIUM, 'chromium'))('the dashboard in Chromium', () => {
  let demo: Awaited<ReturnType<typeof serveDemo>>
  let proxy: FaultProxy
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const said: string[] = []
  beforeAll(async () => {
    demo = await serveDemo()
    proxy = demo.proxy
    browser = await startBrowser()
    context = await browser.newContext({ httpCredentials: CREDENTIALS, locale: 'en-US' })
    page = await context.newPage()
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', ({ message }) => said.push(message))
  })
  afterAll(async () => {
    await browser.close()
    await demo.close()
  })

  it('needs the credentials of the API, for every file of it', async () => {
    for (const path of ['/dashboard', '/dashboard/main.js', '/dashboard/style.css']) {
      const asked = (authorization: string) =>
        demo.server.inject({ url: path, headers: { authorization } })
      const wrong = await asked(`Basic ${btoa('tester:wrong')}`)
      expect(wrong.statusCode).toBe(401)
      expect(wrong.headers['www-authenticate']).toMatch(/^Basic/)
      expect(wrong.body).not.toMatch(/<html|function/)
      const right = await asked(`Basic ${btoa(Object.values(CREDENTIALS).join(':'))}`)
      expect(right.statusCode).toBe(200)
      const policy = String(right.headers['content-security-policy'])
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toContain('unsafe')
    }
    const wrong = await browser.newContext({
      httpCredentials: { ...CREDENTIALS, password: 'wrong' },
    })
    const reply = await (await wrong.newPage()).goto(`${proxy.url}/dashboard`)
    expect(reply?.status()).toBe(401)
    await wrong.close()
  })

  it('shows the fleet live under its policy, without a word in the console', async () => {
    // Wrong guesses are slowed down; this address is forgiven after a moment.
    await expect.poll(async () => (await page.goto(`${proxy.url}/dashboard`))?.status(), { timeout: 60_000 }).toBe(200) // prettier-ignore
    await stateOf(page, 'live')
    await all(page, ['#total .big', '#breakdown table', '#consumers table', '#clusters table'])
    expect(await page.textContent('#total')).toMatch(
      /at least [\d.,]+ [kM]W.*\d+ of \d+ nodes measured, \d+% coverage.*Reading \d+ seconds? ago/,
    )
    await page.waitForFunction(() => /\d+ accel/.test(document.querySelector('#heat-note').textContent)) // prettier-ignore
    await expect.poll(() => page.textContent('#trouble'), { timeout: 60_000 }).toContain('10.1.0.1')
    expect(said.filter((line) => !line.includes('429'))).toEqual([])
  })

  it('does not say that there are no accelerators before anybody answered', async () => {
    const early = await context.newPage()
    await early.route('**/api/v1/accelerators?*', (route) => route.abort())
    await early.goto(`${proxy.url}/dashboard`)
    await expect.poll(() => early.textContent('#trouble'), { timeout: 60_000 }).toContain('GPUs and NPUs: not available') // prettier-ignore
    expect(await early.textContent('#heat-note')).toBe('Waiting for the first answer')
    await early.close()
  })

  it('breaks the total down into rows that add up to it, by whatever is chosen', async () => {
    for (const by of ['namespace', 'vendor', 'cluster']) {
      await page.selectOption('#by', by)
      await expect
        .poll(() => page.textContent('#breakdown'), { timeout: 60_000 })
        .toContain({ namespace: 'ai-platform', vendor: 'nvidia', cluster: 'daejeon' }[by])
      const shares = await page.$$eval('#breakdown tbody td:last-child', (cells) =>
        cells.map((cell) => parseFloat(cell.textContent)),
      )
      const sum = shares.reduce((total, share) => total + share, 0)
      expect(Math.abs(sum - 100)).toBeLessThan(0.05 * shares.length + 0.01)
      expect(await page.$('#breakdown .old')).toBeNull()
    }
  })

  it.each(LOOKS)('fits a $size in $colorScheme and $language, for everybody', async (look) => {
    await page.setViewportSize(SIZES[look.size])
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: 'reduce' })
    await page.selectOption('#language', look.language)
    const root = page.locator('html')
    expect(await root.getAttribute('lang')).toBe(look.language)
    expect(await root.getAttribute('data-theme')).toBe(look.colorScheme)
    expect(await page.textContent('#heat-title')).toBe({ ko: 'GPU와 NPU', en: 'GPUs and NPUs' }[look.language]) // prettier-ignore
    const wide = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth) // prettier-ignore
    await expect.poll(wide).toBe(0)
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() => (globalThis as any).axe.run())
    const found = violations.flatMap(({ id, impact, nodes }: any) => nodes.map(({ html }: any) => `${impact} ${id} ${html}`)) // prettier-ignore
    expect(found).toEqual([])
  })

  it('says in words what the cell is that the keys lead to', async () => {
    await page.selectOption('#language', 'en')
    await page.focus('#heat')
    await page.keyboard.press('ArrowRight')
    const first = await page.textContent('#heat-cell')
    expect(first).toMatch(/busan \/ \S+ \/ [GN]PU \d+ · .*Utilization [\d.]+%.*Power [\d.]+ W/)
    await page.keyboard.press('End')
    expect(await page.textContent('#heat-cell')).toMatch(/^seoul/)
    await page.keyboard.press('Home')
    expect(await page.textContent('#heat-cell')).toBe(first)
  })

  it('remembers theme and language at the next visit', async () => {
    await page.selectOption('#theme', 'dark')
    await page.selectOption('#language', 'ko')
    await page.emulateMedia({ colorScheme: 'light' })
    const next = await context.newPage()
    await next.goto(`${proxy.url}/dashboard`)
    await next.waitForSelector('html[lang="ko"][data-theme="dark"]')
    await next.close()
    await page.selectOption('#language', 'en')
  })

  it('asks where the stream is gone, and is live again without being loaded again', async () => {
    await page.evaluate(() => Reflect.set(globalThis, 'kept', 'this page'))
    await page.route('**/stream/tickets', (route) => route.abort())
    proxy.be({ mode: 'refuse' })
    await stateOf(page, 'reconnecting', 'offline')
    await stateOf(page, 'offline')
    proxy.be({ mode: 'pass' })
    await stateOf(page, 'polling')
    const age = () => page.textContent('#total .age')
    expect(await age()).toMatch(/Reading/)
    await page.unroute('**/stream/tickets')
    await stateOf(page, 'live')
    expect(await page.evaluate(() => Reflect.get(globalThis, 'kept') as unknown)).toBe('this page')
  })

  it('draws 8,000 accelerators, and again on each reading and choice', async () => {
    let reading = 0
    const device = (place: number) => ({
      type: 'gpu', cluster: `c${Math.floor(place / 2000)}`, node: `node-${Math.floor(place / 8)}`,
      accelerator_id: `GPU-${place}`, device_index: place % 8, vendor: 'nvidia', model: 'H100',
      status: 'active', power_watts: 300 + (place % 400), temperature_celsius: 40 + (place % 40),
      utilization_percent: place % 97 === 0 ? null : (place * 7 + reading * 13) % 101, allocated_to: [],
    }) // prettier-ignore
    const many = await context.newPage()
    await many.route('**/api/v1/accelerators?*', (route) => {
      const query = new URL(route.request().url()).searchParams
      const offset = Number(query.get('offset'))
      const limit = Number(query.get('limit'))
      if (offset === 0) reading += 1
      const data = Array.from({ length: limit }, (_, place) => device(offset + place))
      const page = { total: 8000, limit, offset }
      const meta = { observed_at: new Date().toISOString(), status: 'complete', clusters: [], warnings: [], page } // prettier-ignore
      return route.fulfill({ json: { data, meta } })
    })
    await many.setViewportSize(SIZES.laptop)
    await many.addInitScript(() => {
      const tasks: number[] = []
      Reflect.set(globalThis, 'longTasks', tasks)
      new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({ type: 'longtask' as 'mark' })
    })
    await many.goto(`${proxy.url}/dashboard`)
    await many.waitForFunction(() => /8000 |8,000 /.test(document.querySelector('#heat-note').textContent), null, { timeout: 100_000 }) // prettier-ignore
    const frames = await many.evaluate(async () => {
      const times: number[] = []
      const measure = document.querySelector('#measure')
      let last = performance.now()
      for (let frame = 0; frame < 60; frame += 1) {
        if (frame % 10 === 0) {
          measure.selectedIndex = (frame / 10) % 3
          measure.dispatchEvent(new Event('change'))
        }
        await new Promise(requestAnimationFrame)
        times.push(performance.now() - last)
        last = performance.now()
      }
      return times.sort((a, b) => a - b)
    })
    const tasks = await many.evaluate(() => Reflect.get(globalThis, 'longTasks') as number[])
    const at = (part: number) => frames[Math.floor((frames.length - 1) * part)]?.toFixed(1)
    console.log(`8,000 accelerators: frames median ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms; long tasks ${tasks.length}${tasks.map((task) => `, ${task.toFixed(0)} ms`).join('')}`) // prettier-ignore
    expect(await many.$$eval('#heat canvas', (found) => found.length)).toBe(1)
    expect(await many.textContent('#heat-note')).toMatch(/83 without this figure|, 0 without/)
    const colours = await many.$eval('#heat canvas', (canvas: any) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      return new Set(new Uint32Array(data.buffer)).size
    })
    expect(colours).toBeGreaterThan(10)
    await many.close()
  })
})
