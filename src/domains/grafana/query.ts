import { combine, isComplete, type Answer } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { ForeignRequest } from '../../http/foreign.ts'
import type { Asked, Figure, Line, Table, Told } from './figure.ts'
import { FIGURES } from './figures.ts'
import { filtersOf, type Filters } from './filters.ts'
import { interpolated, patternOf } from './interpolation.ts'
import type { Needs } from './needs.ts'
import { payloadOf, type Payload } from './payload.ts'
import type { FrameMeta, PanelQuery, SeriesFrame, TableFrame } from './schemas.ts'
import { boundsOf, momentOf, stepsOf } from './window.ts'

type Frame = SeriesFrame | TableFrame
type Target = PanelQuery['targets'][number]
export type Request = Pick<ForeignRequest<unknown, unknown>, 'at' | 'signal'>

/** What a panel gets: the frames of all its targets, with what is missing from each. */
export async function panelFrames(needs: Needs, query: PanelQuery, request: Request) {
  const filters = filtersOf(query.adhocFilters ?? query.filters ?? [])
  const shown = query.targets.flatMap((target, index) =>
    isShown(target) ? [{ target, index }] : [],
  )
  const answers = await Promise.all(
    shown.map((one) => framesOf(needs, { query, request, filters, ...one })),
  )
  return {
    data: answers.flatMap(({ frames }) => frames),
    clusters: combine(answers.map(({ told }) => told)).clusters,
  }
}

/** A target that nobody has chosen yet, or that is hidden, is no question. */
const isShown = ({ target, hide }: Target): boolean =>
  hide !== true && target !== undefined && target !== null && target !== ''

interface OneTarget {
  readonly query: PanelQuery
  readonly request: Request
  readonly filters: Filters
  readonly target: Target
  readonly index: number
}

async function framesOf(needs: Needs, one: OneTarget) {
  const { target, query, index } = one
  const pointer = `/body/targets/${index}`
  const payload = payloadOf(
    target.payload ?? target.data,
    query.scopedVars ?? {},
    `${pointer}/payload`,
  )
  const asked = askedOf(needs, one, payload)
  const text = interpolated(target.target ?? '', query.scopedVars ?? {})
  const figures = figuresOf(text, `${pointer}/target`)
  const told = await Promise.all(figures.map((figure) => figure.read(needs, asked)))
  const frames = told.flatMap((each, place) => {
    const name = figures[place]?.name ?? ''
    return written(each, { name, target, simulated: needs.simulated })
  })
  return { frames, told: combine(told) }
}

/** The figures that a text means: one by its name, or several by a pattern. */
export function figuresOf(text: string, pointer: string): readonly Figure[] {
  const matches = patternOf(text, pointer)
  const figures = FIGURES.filter(({ name }) => matches(name))
  if (figures.length > 0) return figures
  throw new KCloudError('not_found', {
    detail: `there is no metric ${JSON.stringify(text.slice(0, 100))}; POST /grafana/metrics lists them`,
  })
}

function askedOf(needs: Needs, { query, request, filters }: OneTarget, payload: Payload): Asked {
  const now = request.at('none')
  const bounds = boundsOf(query, now)
  return {
    clusters: clustersOf(needs, payload, filters),
    payload,
    filters,
    start: bounds.start,
    end: bounds.end,
    steps: stepsOf(bounds),
    at: (shelf) => momentOf(bounds, request.at(shelf)),
    signal: request.signal,
  }
}

/** The clusters that an option and the filters leave; undefined for all. Rejects with `not_found` for none. */
export function clustersOf(
  { registry }: Pick<Needs, 'registry'>,
  payload: Payload,
  filters: Filters,
): readonly string[] | undefined {
  const known = registry.all().map(({ name }) => name)
  const chosen = payload.names('cluster', known)
  if (!filters.keys.includes('cluster')) return chosen
  const left = (chosen ?? known).filter((cluster) => filters.acceptsOnly('cluster', cluster))
  if (left.length > 0) return left
  throw new KCloudError('not_found', { detail: 'the filters leave none of the clusters' })
}

interface Writing {
  readonly name: string
  readonly target: Target
  readonly simulated: boolean
}

function written(told: Told, { name, target, simulated }: Writing): readonly Frame[] {
  const refId = target.refId === undefined ? {} : { refId: target.refId }
  const meta = metaOf(told, simulated)
  if (told.table !== undefined) return [{ ...tableFrame(told.table, name), ...refId, meta }]
  const lines = told.lines ?? []
  // What is missing is told also where nothing is there.
  if (lines.length === 0) return [{ target: name, datapoints: [], tags: {}, ...refId, meta }]
  if (target.type === 'table') return [{ ...tableFrame(tableOf(lines), name), ...refId, meta }]
  return lines.map(({ name: title, labels, points, unit }, index) => ({
    target: title,
    ...refId,
    datapoints: points.map(([value, time]): [number | null, number] => [value, time]),
    tags: { ...labels },
    unit,
    ...(index === 0 && { meta }),
  }))
}

function tableFrame({ columns, rows }: Table, name: string): TableFrame {
  return {
    type: 'table',
    name,
    columns: columns.map((column) => ({ ...column })),
    rows: rows.map((row) => [...row]),
  }
}

/** Lines as rows, for panels that show tables. */
function tableOf(lines: readonly Line[]): Table {
  const keys = [...new Set(lines.flatMap(({ labels }) => Object.keys(labels)))]
  const [first] = lines
  return {
    columns: [
      { text: 'Time', type: 'time' },
      { text: 'Series', type: 'string' },
      ...keys.map((text) => ({ text, type: 'string' as const })),
      { text: 'Value', type: 'number', ...(first !== undefined && { unit: first.unit }) },
    ],
    rows: lines.flatMap(({ name, labels, points }) =>
      points.map(([value, time]) => [time, name, ...keys.map((key) => labels[key] ?? null), value]),
    ),
  }
}

/** What a panel is told beside its figures. Grafana shows one notice of each severity. */
function metaOf(told: Told, simulated: boolean): FrameMeta {
  const notes = told.notes ?? []
  return {
    notices: [
      ...notice('warning', told.warnings.map(inWords)),
      ...notice('info', [...notes, ...(simulated ? ['simulated data'] : [])]),
    ],
    custom: {
      status: isComplete(told) ? 'complete' : 'partial',
      clusters: told.clusters.map(({ name, status }) => ({ name, status })),
      ...(told.coverage !== undefined && { coverage: told.coverage }),
      ...(told.sources !== undefined && { sources: [...told.sources] }),
      ...(simulated && { simulated: true as const }),
    },
  }
}

const inWords = ({ cluster, detail }: Answer<never>['warnings'][number]): string =>
  cluster === undefined ? detail : `${cluster}: ${detail}`

function notice(severity: 'info' | 'warning', texts: readonly string[]): FrameMeta['notices'] {
  return texts.length === 0 ? [] : [{ severity, text: texts.join(' · ') }]
}
