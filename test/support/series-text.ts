import type { Labels, SeriesStore, StoredSeries } from '../../src/promql/samples.ts'

/**
 * A store from text, one series a line: `power{gpu="0"} 0s:300 15s:310`. Times are unix seconds; a value may be
 * NaN, Inf or -Inf.
 */
export function storeOf(text: string): SeriesStore {
  const lines = text.split('\n').map((line) => line.trim())
  return storeOfSeries(lines.filter((line) => line !== '').map(seriesOf))
}

/** A store of series that are there already. */
export function storeOfSeries(series: readonly StoredSeries[]): SeriesStore {
  return {
    select: (names) => series.filter(({ labels }) => names.includes(labels['__name__'] ?? '')),
  }
}

/** A series of these samples, ascending. */
export function storedSeries(
  labels: Labels,
  samples: readonly (readonly [seconds: number, value: number])[],
): StoredSeries {
  return {
    labels,
    between(after, until) {
      const found = samples.filter(([seconds]) => seconds > after && seconds <= until)
      return { seconds: found.map(([seconds]) => seconds), values: found.map(([, value]) => value) }
    },
  }
}

function seriesOf(line: string): StoredSeries {
  const [, name = '', inner = '', points = ''] = /^(\w+)\{(.*)\}\s+(.*)$/.exec(line) ?? []
  if (name === '') throw new Error(`not a series: ${line}`)
  const labels = Array.from(inner.matchAll(/(\w+)="([^"]*)"/g), ([, label, text]) => [label, text])
  const samples = points.split(/\s+/).map((point) => point.split('s:').map(numberOf))
  return storedSeries(
    { __name__: name, ...(Object.fromEntries(labels) as Labels) },
    samples as [number, number][],
  )
}

function numberOf(text: string): number {
  return Number(text.replace(/Inf$/, 'Infinity'))
}
