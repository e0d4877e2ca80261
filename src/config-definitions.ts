import { z } from 'zod'
import { ENTITIES, LABELS, type Entity, type Label, type OwnerLabel } from './catalogue/entities.ts'
import { MEASURES, type Gauge, type Measure } from './catalogue/measures.ts'
import type { SourceSpec } from './catalogue/source.ts'
import { contradictions } from './config-contradictions.ts'
import {
  condition,
  known,
  labelName,
  originSchema,
  some,
  text,
  type Schemas,
} from './config-origins.ts'
import type { Dimension } from './kernel/units.ts'

// The same as the types of the catalogue, for definitions that come as JSON. Each shape is held against its type by
// the compiler: a field that one has and the other lacks does not compile.

const measureSchemas = Object.fromEntries(
  Object.entries(MEASURES).map(([measure, { dimension, kind }]) => [
    measure,
    originSchema<Dimension>(dimension)
      .refine(({ rate }) => rate !== true || kind === 'gauge', {
        path: ['rate'],
        error: 'is for measures that have a value now; this one is a counter itself',
      })
      .exactOptional(),
  ]),
)

const isOwner = (label: Label): label is OwnerLabel =>
  label === 'namespace' || label === 'pod' || label === 'container'
const PLAIN = LABELS.filter((label) => !isOwner(label))
const ENTITY_NAMES = Object.keys(ENTITIES) as Entity[] as [Entity, ...Entity[]]
const MEASURE_NAMES = Object.keys(MEASURES) as Measure[] as [Measure, ...Measure[]]

const GAUGE_NAMES = MEASURE_NAMES.filter((name): name is Gauge => MEASURES[name].kind === 'gauge')

const shape = {
  name: z
    .string('must be a name')
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be small letters, digits and underscores'),
  title: text,
  vendor: z.union([text, z.null()], { error: 'must be a name, or null for what is no device' }),
  entity: z.enum(ENTITY_NAMES, { error: `must be one of ${ENTITY_NAMES.join(', ')}` }),
  where: z.array(condition).exactOptional(),
  reference: text,
  freshnessSeconds: z
    .number('must be seconds')
    .positive('must be more than 0')
    .max(86_400, 'must be a day at most'),
  // The keys of these objects are all labels and all measures: z.ZodObject forgets them when they are computed.
  labels: known(
    Object.fromEntries(PLAIN.map((label) => [label, some(labelName).exactOptional()])),
    'label of ours',
  ) as z.ZodType<SourceSpec['labels']>,
  says: (
    known(
      Object.fromEntries(PLAIN.map((label) => [label, text.exactOptional()])),
      'label of ours',
    ) as z.ZodType<NonNullable<SourceSpec['says']>>
  ).exactOptional(),
  identity: some(z.enum(LABELS, { error: 'must be a label of ours' })).exactOptional(),
  owners: some(
    known({ namespace: labelName, pod: labelName, container: labelName }, 'label of an owner'),
  ).exactOptional(),
  ownPod: text.exactOptional(),
  presence: some(z.enum(MEASURE_NAMES, { error: 'must be a measure' })),
  alike: z.literal(true, { error: 'must be true, or left out' }).exactOptional(),
  toldBy: some(labelName).exactOptional(),
  pulses: some(
    known(
      {
        measure: z.enum(MEASURE_NAMES, { error: 'must be a measure' }),
        busy: z.enum(GAUGE_NAMES, { error: 'must be a measure with a value now' }).exactOptional(),
      },
      'field of a pulse',
    ),
  ).exactOptional(),
  measures: known(measureSchemas, 'measure') as z.ZodType<SourceSpec['measures']>,
  caution: text.exactOptional(),
} satisfies Schemas<SourceSpec>

/** A definition of a source: whether it takes the place of one that is built in, and before which other it counts. */
export const definition = known(
  {
    ...shape,
    overrides: z.literal(true, { error: 'must be true, or left out' }).exactOptional(),
    before: text.exactOptional(),
  },
  'field of a source',
).check(({ value, issues }) => {
  for (const { path, message } of contradictions(value))
    issues.push({ code: 'custom', path: [...path], message, input: value })
})

export type Definition = z.output<typeof definition>
