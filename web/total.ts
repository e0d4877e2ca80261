import { byId, element } from './dom.ts'
import { ago, share, watts } from './format.ts'
import { text, wordOf } from './texts.ts'
import type { Answer, Power } from './wire.ts'

/** Whether some of what should be in the answer is not, so that its figures are lower bounds. */
export const isPart = ({ data, meta }: Answer<{ readonly coverage: number | null }>): boolean =>
  meta.status === 'partial' ||
  meta.clusters.some(({ status }) => status !== 'ok') ||
  (data.coverage ?? 0) < 1

/** What the fleet draws, with how much of it that is and how old. */
export function showTotal(answer: Answer<Power>): void {
  const { data } = answer
  const { total_power_watts: total, nodes, method, coverage, sources } = data
  const bound = total !== null && isPart(answer) ? `${text('atLeast')} ` : ''
  byId('total').replaceChildren(
    element('p', 'big', element('span', 'note', bound), watts(total)),
    element(
      'p',
      '',
      text('coverage', {
        measured: nodes.measured,
        known: nodes.known,
        percent: share(coverage),
      }),
    ),
    element('p', 'note', text('method', { method: method === null ? '–' : wordOf(method) })),
    element(
      'p',
      'note',
      text('sources', { sources: sources.length === 0 ? '–' : sources.join(', ') }),
    ),
    element('p', 'age', ''),
  )
  showAge(answer)
}

const OLD_MS = 30_000

/** Tells how old the reading is; to be called each second. */
export function showAge({ meta }: Answer<Power>): void {
  const age = byId('total').querySelector('.age')
  if (age === null) return
  const at = new Date(meta.observed_at)
  age.textContent = text('readingAge', { age: ago(at) })
  age.classList.toggle('old', Date.now() - at.getTime() > OLD_MS)
}
