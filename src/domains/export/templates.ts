import { z } from 'zod'
import { MOST_DAYS, TEMPLATES, type Template } from '../../analysis/report/period.ts'
import type { App } from '../../http/app.ts'
import type { Needs } from './asked.ts'

const templateSchema = z.object({
  name: z.enum(TEMPLATES).describe('What `template` is set to.'),
  description: z.string(),
  needs_dates: z.boolean().describe('Whether `start_date` and `end_date` must be given.'),
  compared_with: z.string().describe('The period before, which every key figure stands beside.'),
  most_days: z.int(),
  demand_interval_seconds: z
    .array(z.int())
    .describe('What peak demand is a mean of; the longer in periods of more than 93 days.'),
  formats: z.array(z.string()),
  languages: z.array(z.string()),
  sections: z.array(z.string()),
})

type TemplateRow = z.output<typeof templateSchema>

const SECTIONS = [
  'summary',
  'demand',
  'trend',
  'parts',
  'clusters',
  'nodes',
  'namespaces',
  'workload_types',
  'accelerators',
  'temperatures',
  'efficiency',
  'cost',
  'quality',
  'manifest',
]

type About = Pick<TemplateRow, 'description' | 'compared_with' | 'most_days'>

const ABOUT: Readonly<Record<Template, About>> = {
  daily: {
    description: 'One day: yesterday, or start_date.',
    compared_with: 'the day before',
    most_days: 1,
  },
  weekly: {
    description: 'Seven days: the last week from Monday to Sunday, or from start_date.',
    compared_with: 'the seven days before',
    most_days: 7,
  },
  monthly: {
    description: 'One month: the last calendar month, or from start_date.',
    compared_with: 'the month before',
    most_days: 31,
  },
  custom: {
    description: 'Any days from start_date to end_date, both included.',
    compared_with: 'as many days before',
    most_days: MOST_DAYS,
  },
}

/** The templates of reports. */
export function templatesRoute(app: App, { now }: Pick<Needs, 'now'>): void {
  app.resource({
    url: '/templates',
    reach: 'everybody',
    summary: 'The templates that reports are made by',
    query: z.object({}),
    params: z.object({}),
    data: z.array(templateSchema),
    example: [rowOf('daily')],
    shelf: 'none',
    answer: () => ({
      data: TEMPLATES.map(rowOf),
      observedAt: now(),
      clusters: [],
      warnings: [],
    }),
  })
}

function rowOf(name: Template): TemplateRow {
  return {
    name,
    ...ABOUT[name],
    needs_dates: name === 'custom',
    demand_interval_seconds: name === 'custom' ? [900, 3600] : [900],
    formats: ['pdf', 'excel', 'json'],
    languages: ['en', 'ko'],
    sections: [...SECTIONS],
  }
}
