import { z } from 'zod'
import type { App } from '../../http/app.ts'
import type { ForeignRequest } from '../../http/foreign.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { annotationOf, eventsIn } from './annotations.ts'
import { EXAMPLES } from './examples.ts'
import { FIGURES, metricRow } from './figures.ts'
import { FILTER_KEYS } from './filters.ts'
import { patternOf } from './interpolation.ts'
import { GRAFANA } from './language.ts'
import type { Needs } from './needs.ts'
import { figuresOf, panelFrames, type Request } from './query.ts'
import * as schemas from './schemas.ts'
import { keyOf, VALUE_KEYS, valuesOf, type ValueKey } from './values.ts'
import { boundsOf, stepsOf } from './window.ts'

const common = { language: GRAFANA, query: z.object({}), shelf: 'none' } as const

/** The routes that Grafana's JSON data sources know, the one in use and the one before it. */
export function grafanaRoutes(app: App, needs: Needs): void {
  healthRoute(app)
  metricRoutes(app, needs)
  searchRoute(app, needs)
  queryRoute(app, needs)
  variableRoute(app, needs)
  filterRoutes(app, needs)
  annotationRoute(app, needs)
}

function healthRoute(app: App): void {
  app.foreign({
    ...common,
    method: 'GET',
    url: '/',
    reach: 'everybody',
    summary: 'Whether this is a data source, and the password right',
    body: null,
    data: schemas.healthSchema,
    example: { status: 'ok', message: 'KCloud Monitor' },
    answer: () => ({ data: { status: 'ok' as const, message: 'KCloud Monitor' }, clusters: [] }),
  })
}

function metricRoutes(app: App, needs: Needs): void {
  app.foreign({
    ...common,
    method: 'POST',
    url: '/metrics',
    reach: 'everybody',
    summary: 'What panels can show, with the options of each',
    body: schemas.metricsBodySchema,
    data: schemas.metricsSchema,
    bodyExample: {},
    example: EXAMPLES.metrics,
    answer: () => ({ data: FIGURES.map(metricRow), clusters: [] }),
  })
  app.foreign({
    ...common,
    method: 'POST',
    url: '/metric-payload-options',
    reach: 'cluster',
    summary: 'What an option of a metric can be',
    body: schemas.optionsBodySchema,
    bodyExample: { metric: 'power', name: 'cluster', payload: {} },
    data: schemas.choicesSchema,
    example: [{ label: 'seoul', value: 'seoul' }],
    answer: ({ body, ...request }) => optionChoices(needs, body, request),
  })
}

function searchRoute(app: App, needs: Needs): void {
  app.foreign({
    ...common,
    method: 'POST',
    url: '/search',
    reach: 'cluster',
    summary: 'The metrics by name, or the values of a label, for older data sources',
    body: schemas.searchBodySchema,
    bodyExample: { target: '' },
    data: schemas.namesSchema,
    example: ['power', 'power_breakdown'],
    answer: async ({ body, ...request }) => {
      const text = body.target ?? ''
      const key = keyOf(text)
      if (key !== undefined) return await named(needs, key, request)
      const matches = patternOf(`.*(?:${text}).*`, '/body/target')
      const names = FIGURES.map(({ name }) => name).filter(matches)
      return { data: names, clusters: [] }
    },
  })
}

async function optionChoices(
  needs: Needs,
  { metric, name, payload }: z.output<typeof schemas.optionsBodySchema>,
  request: Request,
) {
  const options = figuresOf(metric ?? '.*', '/body/metric').flatMap(({ options: each }) => each)
  const option = options.find((each) => each.name === name)
  if (option === undefined)
    throw invalidRequest(
      '/body/name',
      `must be one of ${[...new Set(options.map((each) => each.name))].join(', ')}`,
    )
  const { choices } = option
  if (choices === undefined) return { data: [], clusters: [] }
  if (!('valuesOf' in choices)) return { data: choices.map(asChoice), clusters: [] }
  const key = keyOf(choices.valuesOf) ?? 'cluster'
  // What is chosen already does not narrow what can be chosen instead.
  const others = typeof payload === 'object' && payload !== null ? { ...payload, [key]: null } : {}
  const { values, clusters } = await valuesOf(needs, {
    key,
    payload: others,
    request,
    pointer: '/body/payload',
  })
  return { data: values.map(asChoice), clusters }
}

const asChoice = (value: string) => ({ label: value, value })

async function named(needs: Needs, key: ValueKey, request: Request) {
  const { values, clusters } = await valuesOf(needs, { key, request, pointer: '/body' })
  return { data: [...values], clusters }
}

function queryRoute(app: App, needs: Needs): void {
  app.foreign({
    ...common,
    method: 'POST',
    url: '/query',
    reach: 'cluster',
    summary: 'The series and tables of a panel',
    description:
      'Each frame says in `meta.notices` what is missing from it. Targets and options are read as patterns, since Grafana escapes them as such.',
    body: schemas.querySchema,
    bodyExample: EXAMPLES.queryBody,
    data: schemas.framesSchema,
    example: EXAMPLES.query,
    answer: ({ body, ...request }) => panelFrames(needs, body, request),
  })
}

function variableRoute(app: App, needs: Needs): void {
  app.foreign({
    ...common,
    method: 'POST',
    url: '/variable',
    reach: 'cluster',
    summary: 'The values of a variable of a dashboard',
    description: `\`payload.target\` is one of ${VALUE_KEYS.join(', ')}; \`payload.cluster\` and the like narrow it.`,
    body: schemas.variableBodySchema,
    bodyExample: { payload: { target: 'node', cluster: 'seoul' } },
    data: schemas.variableSchema,
    example: [{ [schemas.TEXT]: 'gpu-worker-1', [schemas.VALUE]: 'gpu-worker-1' }],
    answer: ({ body, ...request }) => variableValues(needs, body, request),
  })
}

function filterRoutes(app: App, needs: Needs): void {
  app.foreign({
    ...common,
    method: 'POST',
    url: '/tag-keys',
    reach: 'everybody',
    summary: 'The labels that dashboards can be filtered by',
    body: schemas.anyBodySchema,
    data: schemas.tagKeysSchema,
    example: [{ type: 'string', text: 'cluster' }],
    answer: () => ({
      data: FILTER_KEYS.map((text) => ({ type: 'string' as const, text })),
      clusters: [],
    }),
  })
  app.foreign({
    ...common,
    method: 'POST',
    url: '/tag-values',
    reach: 'cluster',
    summary: 'The values of a label that dashboards can be filtered by',
    body: schemas.tagValuesBodySchema,
    bodyExample: { key: 'cluster' },
    data: schemas.tagValuesSchema,
    example: [{ text: 'seoul' }],
    answer: async ({ body, ...request }) => {
      const key = FILTER_KEYS.find((each) => each === body.key)
      if (key === undefined)
        throw invalidRequest('/body/key', `must be one of ${FILTER_KEYS.join(', ')}`)
      const { data, clusters } = await named(needs, key, request)
      return { data: data.map((text) => ({ text })), clusters }
    },
  })
}

async function variableValues(
  needs: Needs,
  { payload }: z.output<typeof schemas.variableBodySchema>,
  request: Request,
) {
  const fields = typeof payload === 'object' && payload !== null ? payload : { target: payload }
  const { target, ...others } = fields
  const key = keyOf(typeof target === 'string' ? target : '')
  if (key === undefined)
    throw invalidRequest('/body/payload/target', `must be one of ${VALUE_KEYS.join(', ')}`)
  const { values, clusters } = await valuesOf(needs, {
    key,
    payload: others,
    request,
    pointer: '/body/payload',
  })
  return {
    data: values.map((value) => ({ [schemas.TEXT]: value, [schemas.VALUE]: value })),
    clusters,
  }
}

type AnnotationBody = z.output<typeof schemas.annotationsBodySchema>

function annotationRoute(app: App, needs: Needs): void {
  app.foreign({
    ...common,
    method: 'POST',
    url: '/annotations',
    reach: 'cluster',
    summary: 'What befell the data in a window',
    description:
      '`annotation.query` names kinds: `quality`, `forecast`, `scaling`, `alert`; all without it.',
    body: schemas.annotationsBodySchema,
    bodyExample: EXAMPLES.annotationsBody,
    data: schemas.annotationsSchema,
    example: EXAMPLES.annotations,
    answer: ({ body, ...request }) => annotations(needs, body, request),
  })
}

async function annotations(
  needs: Needs,
  { range, annotation }: AnnotationBody,
  { at, signal }: Pick<ForeignRequest<unknown, unknown>, 'at' | 'signal'>,
) {
  // As many points as a panel has: a stretch is told as exactly as it can be drawn.
  const bounds = boundsOf({ range, maxDataPoints: MOST_POINTS }, at('none'))
  const asked = { ...bounds, clusters: undefined, steps: stepsOf(bounds), at, signal }
  const { events, clusters } = await eventsIn(needs, asked, annotation?.query ?? '')
  const echo = annotation === undefined ? {} : { annotation }
  return { data: events.map((event) => ({ ...echo, ...annotationOf(event) })), clusters }
}

const MOST_POINTS = 300
