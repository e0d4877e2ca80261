import { combine } from '../../kernel/answer.ts'
import type { Labels } from '../../promql/samples.ts'
import { NAME, type Selector } from './expression.ts'
import { FAMILIES } from './families.ts'
import type { Family, FamilyRead, Needs } from './family.ts'
import type { FoundSeries, FoundValues, ValuesQuestion, Window } from './found.ts'
import { badQuery } from './nodes.ts'
import { parseQuery } from './parse.ts'
import { familiesBy, placesOf, type ReadAsked } from './reading.ts'

/** A window is looked at so many times: what comes and goes in between is not found. */
const LOOKS = 8

/** The selectors of some texts. Rejects with `invalid_request` for anything else. */
export function selectorsOf(texts: readonly string[]): readonly Selector[] {
  return texts.map((text) => {
    const expression = parseQuery(text)
    if (expression.op === 'select') return expression.of
    throw badQuery(`match[] must be a selector of series: ${text.slice(0, 60)}`)
  })
}

interface Question {
  readonly selectors: readonly string[]
  readonly window: Window
}

/** The label sets that have a sample in the window. */
export async function findSeries(
  needs: Needs,
  { selectors, window }: Question,
  asked: ReadAsked,
): Promise<FoundSeries> {
  const found = await Promise.all(
    selectorsOf(selectors).map(async ({ where }) => {
      const reads = await Promise.all(
        familiesBy(where).map(async (family) => ({
          family,
          read: await look(needs, family, {
            window,
            asked,
            places: placesOf(family, where, asked),
          }),
        })),
      )
      const series = reads.flatMap(({ family, read }) =>
        labelSets(family, read).filter((labels) =>
          where.every(({ label, test }) => test(labels[label] ?? '')),
        ),
      )
      return { series, ...combine(reads.map(({ read }) => read)) }
    }),
  )
  const all = new Map(
    found.flatMap(({ series }) => series.map((each) => [JSON.stringify(each), each])),
  )
  return { series: [...all.values()], ...combine(found) }
}

interface Look {
  readonly window: Window
  readonly asked: ReadAsked
  readonly places: ReturnType<typeof placesOf>
}

function look(needs: Needs, family: Family, { window, asked, places }: Look): Promise<FamilyRead> {
  const { baseSeconds: base } = family
  if (places === null) return Promise.resolve({ series: [], clusters: [], warnings: [] })
  const end = Math.floor(Math.min(window.end.getTime(), asked.now.getTime()) / 1000 / base) * base
  const seconds = Math.max(0, end - window.start.getTime() / 1000)
  const stepSeconds = Math.max(base, Math.ceil(seconds / LOOKS / base) * base)
  const start = end - Math.floor(seconds / stepSeconds) * stepSeconds
  const range = { start: new Date(start * 1000), end: new Date(end * 1000), stepSeconds }
  return family.read(needs, { ...places, at: asked.at, signal: asked.signal, range })
}

const labelSets = ({ name }: Family, { series }: FamilyRead): readonly Labels[] =>
  series
    .filter(({ values }) => values.some((value) => value !== null))
    .map(({ labels }) => ({ [NAME]: name, ...labels }))

/** The values of a label, of the series that selectors take, or of all. */
export async function valuesOfLabel(
  needs: Needs,
  { label, selectors, window }: ValuesQuestion & { readonly label: string },
  asked: ReadAsked,
): Promise<FoundValues> {
  if (selectors.length === 0 && label === '__name__')
    return { values: FAMILIES.map(({ name }) => name).sort(), clusters: [], warnings: [] }
  if (selectors.length === 0 && label === 'cluster')
    return { values: [...asked.clusters].sort(), clusters: [], warnings: [] }
  const texts = selectors.length > 0 ? selectors : exemplars(label)
  const { series, ...account } = await findSeries(needs, { selectors: texts, window }, asked)
  const values = series.flatMap((labels) => labels[label] ?? [])
  return { values: [...new Set(values)].sort(), ...account }
}

/** One metric of each kind of thing that has a label: the others have the same values. */
function exemplars(label: string): readonly string[] {
  const kinds = new Map<string, string>()
  for (const { name, labels } of FAMILIES) {
    const kind = labels.join()
    if (labels.includes(label) && !kinds.has(kind)) kinds.set(kind, name)
  }
  return [...kinds.values()]
}
