import { printCosts, type PrintedCost } from '../../analysis/cost/printed.ts'
import { entryKey } from '../../analysis/cost/ledger.ts'
import {
  ownerOf,
  type CostedEntry,
  type CostWindow,
  type WorkloadFacts,
} from '../../services/costs/index.ts'
import { methodOf } from './method.ts'

// FOCUS 1.2 (FinOps Open Cost and Usage Specification): one row for each account and period.

/** The columns in their order: those of the specification, then ours with `x_`. */
export const FOCUS_COLUMNS = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'PricingCategory',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'RegionId',
  'RegionName',
  'ResourceId',
  'ResourceName',
  'ResourceType',
  'ServiceCategory',
  'ServiceName',
  'ServiceSubcategory',
  'SubAccountId',
  'SubAccountName',
  'SubAccountType',
  'Tags',
  'x_AcceleratorHours',
  'x_CarbonKg',
  'x_CarbonMethod',
  'x_CostModel',
  'x_Coverage',
  'x_EnergyKwh',
  'x_FacilityEnergyKwh',
  'x_InfrastructureCost',
  'x_WorkloadType',
] as const

type Column = (typeof FOCUS_COLUMNS)[number]
type Value = string | number | Readonly<Record<string, string>> | null
type Cell = readonly [column: Column, value: Value]

export type FocusRow = Readonly<Record<Column, Value>>

const PROVIDER = 'KCloud Monitor'
const ACCOUNT = 'kcloud-monitor'

/** The rows of a window. Their `BilledCost` adds up to the cost of the window, to the millionth. */
export function focusRows(window: CostWindow, at: Date): readonly FocusRow[] {
  const { rows } = printCosts(window.entries)
  const coverages = new Map(methodOf(window, at).rates.map((each) => [each.cluster, each.coverage]))
  return window.entries.flatMap((entry, index) => {
    const printed = rows[index]
    if (printed === undefined) return []
    const facts = window.facts.get(entryKey(entry))
    const intensity = window.costings.find(({ cluster }) => cluster === entry.cluster)?.intensity
    const hours = entry.seconds / 3600
    const { cost } = printed
    return [
      rowOf([
        ...moneyColumns(cost, window.currency),
        ...periodColumns(window, entry),
        ...resourceColumns(entry),
        ...CHARGE,
        ['ChargeDescription', descriptionOf(entry)],
        ['PricingCategory', pricingOf(entry)],
        ['ConsumedQuantity', hours],
        ['PricingQuantity', hours],
        ['Tags', tagsOf(entry, facts)],
        ['x_AcceleratorHours', entry.boardSeconds / 3600],
        ...printedColumns(printed),
        ['x_CarbonMethod', intensity?.kind ?? null],
        ['x_CostModel', window.model],
        ['x_Coverage', coverages.get(entry.cluster) ?? null],
        ['x_WorkloadType', facts?.workloadType ?? null],
      ]),
    ]
  })
}

const infrastructureOf = ({ infrastructure }: CostedEntry): bigint =>
  Object.values(infrastructure.amounts).reduce((sum, each) => sum + each, 0n)

/** The price moves where more than half of what its nodes cost is for spot capacity. */
const pricingOf = (entry: CostedEntry): string =>
  entry.infrastructure.spot * 2n > infrastructureOf(entry) ? 'Dynamic' : 'Standard'

const printedColumns = (printed: PrintedCost): readonly Cell[] => [
  ['x_CarbonKg', printed.carbon_kg],
  ['x_EnergyKwh', printed.energy_kwh],
  ['x_FacilityEnergyKwh', printed.facility_energy_kwh],
  ['x_InfrastructureCost', printed.cost_terms.infrastructure],
]

const descriptionOf = (entry: CostedEntry): string =>
  infrastructureOf(entry) > 0n
    ? `Nodes and energy of ${resourceName(entry)}`
    : `Energy of ${resourceName(entry)}`

/** What is the same for every charge. */
const CHARGE: readonly Cell[] = [
  ['ChargeCategory', 'Usage'],
  ['ChargeClass', null],
  ['ChargeFrequency', 'Usage-Based'],
  ['ConsumedUnit', 'Hours'],
  ['PricingUnit', 'Hours'],
]

/** A row with its columns in their order. */
function rowOf(cells: readonly Cell[]): FocusRow {
  const values = new Map(cells)
  const ordered = FOCUS_COLUMNS.map((column) => [column, values.get(column) ?? null])
  // Every column is there once.
  return Object.fromEntries(ordered) as FocusRow
}

function moneyColumns(cost: number, currency: string): readonly Cell[] {
  return [
    ['BilledCost', cost],
    ['BillingAccountId', ACCOUNT],
    ['BillingAccountName', ACCOUNT],
    ['BillingCurrency', currency],
    ['ContractedCost', cost],
    ['EffectiveCost', cost],
    ['InvoiceIssuerName', PROVIDER],
    ['ListCost', cost],
    ['ProviderName', PROVIDER],
    ['PublisherName', PROVIDER],
  ]
}

/** A time as the specification writes it: UTC, in whole seconds. */
export const focusTime = (time: Date): string => time.toISOString().replace(/\.\d{3}Z$/, 'Z')

function periodColumns(
  { edges, start, end }: CostWindow,
  { bucket }: CostedEntry,
): readonly Cell[] {
  const begin = edges[bucket] ?? start
  const next = edges[bucket + 1] ?? end
  const from = begin < start ? start : begin
  const month = (more: number): Date =>
    new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + more, 1))
  return [
    ['BillingPeriodEnd', focusTime(month(1))],
    ['BillingPeriodStart', focusTime(month(0))],
    ['ChargePeriodEnd', focusTime(next > end ? end : next)],
    ['ChargePeriodStart', focusTime(from)],
  ]
}

function resourceColumns(entry: CostedEntry): readonly Cell[] {
  const { cluster, workload } = entry
  const namespace = workload?.kind === 'pod' ? workload.namespace : null
  return [
    ['RegionId', cluster],
    ['RegionName', cluster],
    ['ResourceId', `${cluster}/${resourceName(entry)}`],
    ['ResourceName', resourceName(entry)],
    ['ResourceType', resourceType(entry)],
    ['ServiceCategory', 'Compute'],
    ['ServiceName', 'Kubernetes'],
    ['ServiceSubcategory', 'Containers'],
    ['SubAccountId', namespace === null ? cluster : `${cluster}/${namespace}`],
    ['SubAccountName', namespace ?? cluster],
    ['SubAccountType', namespace === null ? 'Cluster' : 'Namespace'],
  ]
}

function resourceName({ workload, use, node }: CostedEntry): string {
  if (workload === null) return node === null ? use : `${use}/${node}`
  return workload.kind === 'vm' ? workload.vm : `${workload.namespace}/${workload.pod}`
}

function resourceType({ workload, use }: CostedEntry): string {
  if (workload !== null) return workload.kind === 'vm' ? 'Virtual Machine' : 'Pod'
  return use === 'idle' ? 'Idle Capacity' : 'Unattributed Capacity'
}

function tagsOf(
  entry: CostedEntry,
  facts: WorkloadFacts | undefined,
): Readonly<Record<string, string>> {
  const { kind, name } = ownerOf(entry, facts)
  const node = facts?.node ?? null
  return {
    cluster: entry.cluster,
    ...(kind !== '' && { owner_kind: kind, owner_name: name }),
    ...(node !== null && { node }),
  }
}

/** The rows as CSV (RFC 4180): null is empty, and a text that a spreadsheet would take for a formula is quoted. */
export function focusCsv(rows: readonly FocusRow[]): string {
  const lines = rows.map((row) => FOCUS_COLUMNS.map((column) => field(row[column])).join(','))
  return `${[FOCUS_COLUMNS.join(','), ...lines].join('\r\n')}\r\n`
}

function field(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value).replace('e+', 'e')
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
