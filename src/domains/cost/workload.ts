import { divided, type Decimal } from '../../analysis/cost/decimal.ts'
import { entryKey } from '../../analysis/cost/ledger.ts'
import { addTerms, NO_COST, TERMS, type Terms } from '../../analysis/cost/models.ts'
import { chargedTogether, printCosts, type Charged } from '../../analysis/cost/printed.ts'
import { controllerOf } from '../../analysis/workloads/controller.ts'
import { distinct, groupBy, keyOf } from '../../analysis/power/group.ts'
import { absent } from '../../kernel/absence.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { WindowRequest } from '../../kernel/time-range.ts'
import {
  ownerOf,
  type Owner,
  type CostedEntry,
  type CostWindow,
} from '../../services/costs/index.ts'
import { outcome, spanOf, type Asked, type Needs } from './asked.ts'
import { methodOf } from './method.ts'

export interface WorkloadQuestion {
  readonly id: string
  readonly namespace: string | undefined
  readonly window: WindowRequest
}

/** The cost of one workload over a window. Rejects with `not_found` and `ambiguous`. */
export async function workloadCost(needs: Needs, asked: Asked, question: WorkloadQuestion) {
  const { window, found } = await findWorkload(needs, asked, question)
  const charged = chargedTogether(found.entries)
  const { total } = printCosts([charged])
  const { total: hourly } = printCosts([perHour(charged, found.seconds)])
  return outcome(asked, window, {
    ...methodOf(window, asked.at),
    ...describe(question.id, found),
    cost_per_hour: hourly.cost,
    ...total,
  })
}

/** The same as the analyzer's document writes it: by the hour. */
export async function analyzerCost(needs: Needs, asked: Asked, question: WorkloadQuestion) {
  const { window, found } = await findWorkload(needs, asked, question)
  const charged = chargedTogether(found.entries)
  const { total } = printCosts([perHour(charged, found.seconds)])
  return outcome(asked, window, {
    timestamp: asked.at,
    ...describe(question.id, found),
    cost_per_hour: total.cost,
    cost_breakdown: total.cost_breakdown,
    cost_terms: total.cost_terms,
    ...methodOf(window, asked.at),
    power_watts: total.energy_joules / 3600,
    carbon_kg_per_hour: total.carbon_kg,
  })
}

interface Found {
  readonly cluster: string
  readonly owner: Owner
  readonly entries: readonly CostedEntry[]
  /** The longest time that any of its pods was charged: replicas run beside one another. */
  readonly seconds: number
}

async function findWorkload({ costs }: Needs, asked: Asked, question: WorkloadQuestion) {
  const span = spanOf(question.window, asked.at)
  const window = await costs.of({ ...asked, ...span, workloads: true })
  return { window, found: theWorkload(window, question) }
}

interface Candidate extends Owner {
  readonly cluster: string
  readonly entry: CostedEntry
}

/** A pod or machine by its name wins over an owner of that name. */
function theWorkload(window: CostWindow, { id, namespace }: WorkloadQuestion): Found {
  const charged = window.entries.filter(({ use }) => use === 'workload')
  const isAsked = (each: Candidate): boolean =>
    (namespace === undefined || each.namespace === namespace) && namesOf(each).includes(id)
  const own = charged.map(itself).filter(isAsked)
  const owned = charged.map((entry) => owning(window, entry)).filter(isAsked)
  const found = own.length > 0 ? own : owned
  const groups = [...groupBy(found, identity).values()]
  const [group, ...others] = groups
  if (group === undefined) throw absent(window, missing(window, { id, namespace }))
  if (others.length > 0)
    throw new KCloudError('ambiguous', {
      detail: `${groups.length} workloads are called ${JSON.stringify(id)}: name the cluster and the namespace`,
      candidates: groups.map(
        ([{ cluster, namespace: ns, kind, name }]) => `${cluster}/${ns}/${kind}/${name}`,
      ),
    })
  const entries = group.map(({ entry }) => entry)
  const [{ cluster, entry: _, ...owner }] = group
  return { cluster, owner, entries, seconds: Math.max(...entries.map(({ seconds }) => seconds)) }
}

/** What nobody knows: the workload, or only what it draws. */
function missing(
  { facts }: CostWindow,
  { id, namespace }: Pick<WorkloadQuestion, 'id' | 'namespace'>,
) {
  const name = `workload ${JSON.stringify(id)}`
  const isKnown = [...facts.values()].some(({ labels }) => {
    const { namespace: own = '', pod = '' } = labels
    if (namespace !== undefined && own !== namespace) return false
    const itself = { namespace: own, kind: 'pod', name: pod }
    const owner = { ...itself, ...controllerOf(labels) }
    return [itself, owner].some((each) => namesOf(each).includes(id))
  })
  return isKnown ? `what ${name} draws in this window` : `${name} in this window`
}

function itself(entry: CostedEntry): Candidate {
  return { cluster: entry.cluster, entry, ...ownerOf(entry, undefined) }
}

function owning(window: CostWindow, entry: CostedEntry): Candidate {
  return { cluster: entry.cluster, entry, ...ownerOf(entry, window.facts.get(entryKey(entry))) }
}

const identity = ({ cluster, namespace, kind, name }: Candidate): string =>
  keyOf(cluster, namespace, kind, name)

const namesOf = ({ namespace, kind, name }: Owner): readonly string[] => [
  name,
  `${namespace}/${name}`,
  `${namespace}:${name}`,
  `${namespace}/${kind}/${name}`,
]

const MOST_PODS = 100

function describe(id: string, { cluster, owner, entries, seconds }: Found) {
  const pods = entries.flatMap(({ workload }) => (workload?.kind === 'pod' ? [workload.pod] : []))
  return {
    workload_id: id,
    cluster,
    namespace: owner.namespace === '' ? null : owner.namespace,
    kind: owner.kind,
    name: owner.name,
    pods: distinct(pods).slice(0, MOST_PODS),
    charged_seconds: seconds,
    accelerator_hours: entries.reduce((sum, { boardSeconds }) => sum + boardSeconds, 0) / 3600,
  }
}

/** A charge for an hour of the time in which it was charged. */
function perHour(charged: Charged, seconds: number): Charged {
  const whole = BigInt(Math.max(1, Math.round(seconds)))
  const scaled = (value: Decimal): Decimal => divided(value * 3600n, whole)
  const scaledTerms = Object.fromEntries(TERMS.map((term) => [term, scaled(charged.terms[term])]))
  const energyOf = (energy: Charged['energy']['gpu']): Charged['energy']['gpu'] => ({
    microjoules: scaled(energy.microjoules),
    priced: scaled(energy.priced),
    pricedMicrojoules: scaled(energy.pricedMicrojoules),
    emitted: scaled(energy.emitted),
    emittedMicrojoules: scaled(energy.emittedMicrojoules),
    estimatedMicrojoules: scaled(energy.estimatedMicrojoules),
    includedMicrojoules: scaled(energy.includedMicrojoules),
  })
  const facility = charged.facilityMicrojoules
  return {
    energy: { compute: energyOf(charged.energy.compute), gpu: energyOf(charged.energy.gpu) },
    // Every term is there.
    terms: addTerms(NO_COST, scaledTerms as unknown as Terms),
    categories: {
      compute: scaled(charged.categories.compute),
      gpu: scaled(charged.categories.gpu),
      storage: scaled(charged.categories.storage),
      network: scaled(charged.categories.network),
    },
    carbonKg: scaled(charged.carbonKg),
    facilityMicrojoules: facility === null ? null : scaled(facility),
  }
}
