import { byId, element, table } from './dom.ts'
import { ago } from './format.ts'
import { text, wordOf } from './texts.ts'
import type { Cluster, Meta, UnmatchedName, Warning } from './wire.ts'

export interface Troubles {
  /** What came with each answer that is shown. */
  readonly metas: readonly Meta[]
  readonly clusters: readonly Cluster[]
  readonly unmatched: readonly UnmatchedName[]
  /** Why the last reading of the stream failed. */
  readonly reading: string | null
  /** Parts of the page that could not be had, with the reason. */
  readonly parts: ReadonlyMap<string, string>
}

/** What is missing from the figures, and why; also when that is nothing. */
export function showTroubles(troubles: Troubles): void {
  const lines = [
    ...silentClusters(troubles),
    ...(troubles.reading === null ? [] : [line('bad', text('readingFailed'), troubles.reading)]),
    ...[...troubles.parts].map(([part, reason]) =>
      line('bad', text('partFailed', { part }), reason),
    ),
    ...quarantined(troubles),
    ...warningsOf(troubles).map((warning) => line('', headingOf(warning), warning.detail)),
  ]
  const nothing = element('p', 'good', text(troubles.metas.length > 0 ? 'noTrouble' : 'waiting'))
  const list = lines.length > 0 ? element('ul', '', ...lines) : nothing
  const place = byId('trouble-now')
  if (place.innerHTML !== list.outerHTML) place.replaceChildren(list)
}

function line(kind: string, heading: string, detail: string): HTMLElement {
  const told = element('span', '', detail)
  told.lang = 'en'
  return element('li', kind, element('strong', '', heading), told)
}

const headingOf = ({ code, cluster }: Warning): string =>
  cluster === undefined ? wordOf(code) : `${wordOf(code)} · ${cluster}`

function silentClusters({ metas, clusters }: Troubles): readonly HTMLElement[] {
  const silent = new Map<string, string>()
  for (const { name, status } of [...clusters, ...metas.flatMap((meta) => meta.clusters)])
    if (status !== 'ok' && status !== 'partial') silent.set(name, status)
  return [...silent].map(([cluster, status]) => {
    const seen = clusters.find(({ name }) => name === cluster)?.last_ok_at
    const age = typeof seen === 'string' ? ago(new Date(seen)) : text('never')
    return line('bad', text('silentCluster', { cluster, status }), text('lastSeen', { age }))
  })
}

const MOST_NAMES = 5

function quarantined({ unmatched }: Troubles): readonly HTMLElement[] {
  if (unmatched.length === 0) return []
  const names = unmatched.slice(0, MOST_NAMES).map(({ cluster, name }) => `${cluster}: ${name}`)
  const rest = unmatched.length > MOST_NAMES ? ' …' : ''
  return [line('', text('unmatched', { count: unmatched.length }), names.join(', ') + rest)]
}

/** Each warning once. Those that this page tells in its own words are left out. */
function warningsOf({ metas, unmatched }: Troubles): readonly Warning[] {
  const all = metas.flatMap(({ warnings }) => warnings)
  const told = new Set([
    'cluster_unavailable',
    ...(unmatched.length > 0 ? ['unmatched_names'] : []),
  ])
  const byText = new Map(
    all
      .filter(({ code }) => !told.has(code))
      .map((warning) => [`${warning.code} ${warning.cluster ?? ''} ${warning.detail}`, warning]),
  )
  return [...byText.values()]
}

/** Every cluster with how it does. */
export function showClusters(clusters: readonly Cluster[]): void {
  byId('clusters').replaceChildren(
    table({
      columns: [
        { title: text('cluster') },
        { title: text('status') },
        { title: text('region') },
        { title: text('lastAnswer') },
      ],
      rows: clusters.map(({ name, status, region, last_ok_at: seen }) => [
        name,
        element('span', status === 'ok' ? 'good' : 'old', status),
        region ?? '–',
        seen === null ? text('never') : ago(new Date(seen)),
      ]),
    }),
  )
}
