// The rules of FOCUS 1.2 that a data set of usage can break, written from the specification.

type Row = Readonly<Record<string, unknown>>

const MANDATORY = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'ServiceCategory',
  'ServiceName',
]
const OTHERS = [
  'AvailabilityZone',
  'ChargeFrequency',
  'InvoiceId',
  'ServiceSubcategory',
  'BillingAccountType',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedUnitPrice',
  'ListUnitPrice',
  'PricingCategory',
  'RegionId',
  'RegionName',
  'ResourceId',
  'ResourceName',
  'ResourceType',
  'SkuId',
  'SkuMeter',
  'SkuPriceDetails',
  'SkuPriceId',
  'SubAccountId',
  'SubAccountName',
  'SubAccountType',
  'Tags',
]
const MONEY = ['BilledCost', 'ContractedCost', 'EffectiveCost', 'ListCost']
const TIMES = ['BillingPeriodEnd', 'BillingPeriodStart', 'ChargePeriodEnd', 'ChargePeriodStart']
const TEXTS = MANDATORY.filter(
  (name) =>
    !MONEY.includes(name) &&
    !TIMES.includes(name) &&
    !['ChargeClass', 'PricingQuantity'].includes(name),
)
const ALLOWED: Readonly<Record<string, readonly unknown[]>> = {
  ChargeCategory: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
  ChargeClass: [null, 'Correction'],
  ChargeFrequency: ['One-Time', 'Recurring', 'Usage-Based'],
  PricingCategory: ['Standard', 'Dynamic', 'Committed', 'Other', null],
}
const UNITS = /^(Hours|Days|GB-Hours|GPU-Hours|Requests|1000 Tokens)$/

/** Everything in which rows break the rules; the columns are those of the first row, in its order. */
export function focusMistakes(rows: readonly Row[]): readonly string[] {
  const columns = Object.keys(rows[0] ?? {})
  return [
    ...columnMistakes(columns),
    ...rows.flatMap((row, index) => rowMistakes(row).map((text) => `${index}: ${text}`)),
  ]
}

function columnMistakes(columns: readonly string[]): readonly string[] {
  const firstOwn = columns.findIndex((name) => name.startsWith('x_'))
  const behind = firstOwn < 0 ? [] : columns.slice(firstOwn)
  return [
    ...MANDATORY.filter((name) => !columns.includes(name)).map((name) => `lacks ${name}`),
    ...columns
      .filter(
        (name) => ![...MANDATORY, ...OTHERS].includes(name) && !/^x_[A-Z][A-Za-z]*$/.test(name),
      )
      .map((name) => `${name} is no column and has no x_`),
    ...behind
      .filter((name) => !name.startsWith('x_'))
      .map((name) => `${name} stands behind x_ columns`),
  ]
}

function rowMistakes(row: Row): readonly string[] {
  const wrong: string[] = []
  const check = (isRight: boolean, text: string): void => {
    if (!isRight) wrong.push(text)
  }
  for (const [name, value] of Object.entries(row))
    check(value !== '' && value !== undefined, `${name} is empty and not null`)
  for (const name of MONEY)
    check(typeof row[name] === 'number' && Number.isFinite(row[name]), `${name} is no amount`)
  for (const name of TIMES)
    check(
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(String(row[name])),
      `${name} is no time in UTC`,
    )
  for (const name of TEXTS) check(typeof row[name] === 'string', `${name} is no text`)
  for (const [name, values] of Object.entries(ALLOWED))
    check(values.includes(row[name]), `${name} is ${String(row[name])}`)
  check(
    Intl.supportedValuesOf('currency').includes(String(row['BillingCurrency'])),
    'no currency of ISO 4217',
  )
  check(time(row, 'ChargePeriodStart') < time(row, 'ChargePeriodEnd'), 'the charge period is empty')
  check(
    time(row, 'BillingPeriodStart') <= time(row, 'ChargePeriodStart'),
    'charged before the billing period',
  )
  check(
    time(row, 'ChargePeriodEnd') <= time(row, 'BillingPeriodEnd'),
    'charged after the billing period',
  )
  check(
    typeof row['PricingQuantity'] === 'number' && row['PricingQuantity'] >= 0,
    'usage without PricingQuantity',
  )
  for (const name of ['PricingUnit', 'ConsumedUnit'])
    check(UNITS.test(String(row[name])), `${name} is no unit`)
  check(
    (row['ConsumedQuantity'] === null) === (row['ConsumedUnit'] === null),
    'a quantity without unit',
  )
  check(
    (row['SubAccountId'] === null) === (row['SubAccountType'] === null),
    'a sub account without type',
  )
  check((row['ResourceId'] === null) === (row['ResourceType'] === null), 'a resource without type')
  if (typeof row['ListUnitPrice'] === 'number')
    check(
      Math.abs(row['ListUnitPrice'] * Number(row['PricingQuantity']) - Number(row['ListCost'])) <
        1e-6,
      'ListUnitPrice × PricingQuantity',
    )
  check(hasScalars(row['Tags']), 'Tags are no object of scalars')
  return wrong
}

const time = (row: Row, name: string): number => Date.parse(String(row[name]))

const hasScalars = (tags: unknown): boolean =>
  tags === null ||
  (typeof tags === 'object' && Object.values(tags).every((value) => typeof value !== 'object'))

const NUMBER = /^-?\d+(\.\d+)?([eE]-?\d+)?$/

/** CSV (RFC 4180) as rows: empty is null, numbers are numbers, JSON objects are read. */
export function readCsv(text: string): readonly Row[] {
  const [head = [], ...lines] = recordsOf(text)
  return lines.map((fields) =>
    Object.fromEntries(head.map((name, index) => [name, valueOf(name, fields[index] ?? '')])),
  )
}

function valueOf(name: string, text: string): unknown {
  if (text === '') return null
  if (name === 'Tags') return JSON.parse(text)
  return NUMBER.test(text) ? Number(text) : text
}

function recordsOf(text: string): readonly (readonly string[])[] {
  const records = text.split('\r\n').filter((line) => line !== '')
  return records.map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) =>
      quoted === undefined ? plain : quoted.replaceAll('""', '"'),
    ),
  )
}
