import { z } from 'zod'
import { numberOf, ONE, type Decimal } from './analysis/cost/decimal.ts'
import type {
  GpuPrices,
  NodeClass,
  NodePrice,
  Pattern,
  PriceBook,
} from './analysis/cost/price-book.ts'
import {
  amount,
  clusterNames,
  currencyCode,
  localDate,
  rateName,
  sourceUrl,
  zoneName,
} from './config-rates.ts'

/** Names of which `*` stands for anything, in either case. */
const patterns = z
  .array(rateName, 'must be a list of names, in which * stands for anything')
  .min(1, 'must have a name, or be left out')
  .transform((names): Pattern => {
    const expressions = names.map(expressionOf)
    return (name) => expressions.some((each) => each.test(name))
  })

function expressionOf(name: string): RegExp {
  const literal = name.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${literal.join('.*')}$`, 'i')
}

const share = amount.refine((read) => read <= ONE, 'must be a share, 0 to 1')

const dated = { from: localDate, until: localDate.optional() }
const hourly = { per_hour: amount.optional(), spot_per_hour: amount.optional() }

interface DatedFields {
  readonly from: string
  readonly until?: string | undefined
  readonly per_hour?: Decimal | undefined
  readonly spot_per_hour?: Decimal | undefined
}

const ENDS = 'must end after it begins'
const endsLater = ({ from, until }: DatedFields): boolean => until === undefined || from < until
const PRICED = 'must have per_hour, spot_per_hour or both'
const isPriced = (read: DatedFields): boolean =>
  read.per_hour !== undefined || read.spot_per_hour !== undefined

const datedPrice = ({ from, until, per_hour: price, spot_per_hour: spot }: DatedFields) => ({
  from,
  until: until ?? null,
  perHour: price ?? null,
  spotPerHour: spot ?? null,
})

const nodePrice = z
  .strictObject({
    ...dated,
    ...hourly,
    gpu_share: share.optional(),
    storage_share: share.optional(),
    network_share: share.optional(),
    note: z.string().optional(),
  })
  .refine(endsLater, ENDS)
  .refine(isPriced, PRICED)
  .refine(
    ({ gpu_share: gpu = 0n, storage_share: storage = 0n, network_share: network = 0n }) =>
      gpu + storage + network <= ONE,
    'must have shares that are at most 1 together: the rest is for compute',
  )
  .transform((read): NodePrice => ({
    ...datedPrice(read),
    gpuShare: read.gpu_share === undefined ? null : numberOf(read.gpu_share),
    storageShare: numberOf(read.storage_share ?? 0n),
    networkShare: numberOf(read.network_share ?? 0n),
  }))

/** Prices in order, none of which begins before the one before it ends. */
function withoutOverlap<Price extends { readonly from: string; readonly until: string | null }>(
  price: z.ZodType<Price>,
) {
  return z
    .array(price, 'must be a list of prices')
    .min(1, 'must have a price')
    .refine(doNotOverlap, 'must not overlap in time')
}

function doNotOverlap(
  prices: readonly { readonly from: string; readonly until: string | null }[],
): boolean {
  const ordered = [...prices].sort((a, b) => (a.from < b.from ? -1 : 1))
  return ordered.every(({ from }, index) => {
    const before = ordered[index - 1]
    return before === undefined || (before.until !== null && before.until <= from)
  })
}

const nodeClass = z
  .strictObject({
    name: rateName,
    nodes: patterns.optional(),
    instance_types: patterns.optional(),
    gpu_models: patterns.optional(),
    spot_nodes: patterns.optional(),
    gpu_count: z.int().min(1).max(1000).optional(),
    prices: withoutOverlap(nodePrice),
  })
  .transform((read): NodeClass => ({
    name: read.name,
    nodes: read.nodes ?? null,
    instanceTypes: read.instance_types ?? null,
    gpuModels: read.gpu_models ?? null,
    spotNodes: read.spot_nodes ?? null,
    gpuCount: read.gpu_count ?? null,
    prices: read.prices,
  }))

const gpuPrice = z
  .strictObject({ ...dated, ...hourly, note: z.string().optional() })
  .refine(endsLater, ENDS)
  .refine(isPriced, PRICED)
  .transform(datedPrice)

const gpuPrices = z
  .strictObject({ models: patterns, prices: withoutOverlap(gpuPrice) })
  .transform((read): GpuPrices => read)

const book = z
  .strictObject({
    name: rateName,
    about: z.string().optional(),
    currency: currencyCode,
    time_zone: zoneName,
    clusters: clusterNames,
    source_url: sourceUrl,
    verified: z.boolean('must be true or false: was every figure compared with its source?'),
    electricity: z.enum(
      ['included', 'extra'],
      'must be included (whoever sells the nodes pays for it) or extra (it is charged beside them)',
    ),
    classes: z.array(nodeClass, 'must be a list of classes').default([]),
    gpus: z.array(gpuPrices, 'must be a list of GPU prices').default([]),
  })
  .refine(
    ({ classes, gpus }) => classes.length + gpus.length > 0,
    'must have a price: classes, gpus or both',
  )
  .superRefine(({ classes }, context) => {
    const names = classes.map(({ name }) => name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined)
      context.addIssue({ code: 'custom', path: ['classes'], message: `has ${twice} twice` })
  })
  .transform((read): PriceBook => ({
    name: read.name,
    currency: read.currency,
    zone: read.time_zone,
    clusters: read.clusters ?? null,
    sourceUrl: read.source_url ?? null,
    verified: read.verified,
    includesEnergy: read.electricity === 'included',
    classes: read.classes,
    gpus: read.gpus,
  }))

/** The price books of a file. */
export const priceBookList: z.ZodType<readonly PriceBook[]> = z
  .array(book, 'must be a list of price books')
  .min(1, 'must have a price book')
