/** How far long work is. It is shown on standard error, and only on a terminal. */
export interface Progress {
  advance(by?: number): void
  /** Takes the bar away. */
  end(): void
}

const WIDTH = 30
const LEAST_MS = 100

/** A bar for work of a known length, or a count where it is not known. */
export function progress(title: string, total: number | null): Progress {
  const shown = process.stderr.isTTY
  let done = 0
  let drawnAt = 0
  const draw = (): void => {
    const now = Date.now()
    if (!shown || (now - drawnAt < LEAST_MS && done !== total)) return
    drawnAt = now
    process.stderr.write(`\r\u001b[K${barText(title, done, total)}`)
  }
  draw()
  return {
    advance(by = 1) {
      done += by
      draw()
    },
    end() {
      if (shown) process.stderr.write('\r\u001b[K')
    },
  }
}

/** The bar as text. */
export function barText(title: string, done: number, total: number | null): string {
  if (total === null) return `${title} ${done}`
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.round(share * WIDTH)
  return `${title} [${'#'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} %`
}
