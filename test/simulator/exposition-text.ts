/** One line of an exposition. */
export interface ReadLine {
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: string
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** The samples of an exposition, read by another hand than that which wrote them. */
export function readExposition(text: string): readonly ReadLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, metric, inner = '', value] = LINE.exec(line) ?? []
      if (metric === undefined || value === undefined) throw new Error(`not a sample: ${line}`)
      const labels = Array.from(inner.matchAll(LABEL), ([, name, text]) => [name, text])
      return { metric, labels: Object.fromEntries(labels) as Record<string, string>, value }
    })
}

/** The samples of one metric. */
export function linesOf(text: string, metric: string): readonly ReadLine[] {
  return readExposition(text).filter((line) => line.metric === metric)
}
