import { boostedValue, fitBoosted, type Boosted } from '../trees/boosted.ts'

/** What a workload asks for. */
export interface Resources {
  readonly cpu_cores: number
  readonly memory_gb: number
  readonly gpu_count: number
  readonly npu_count: number
}

/** A workload that ran: what it asked for, and what it drew. */
export interface Ran extends Resources {
  /** The same at different times: it is never judged by itself. */
  readonly workload: string
  readonly compute_watts: number
  readonly accelerator_watts: number
}

/** The power of workloads by what they ask for, and how far off it is. */
export interface PowerModel {
  readonly rows: number
  readonly workloads: number
  /** Workloads with accelerators. */
  readonly accelerated: number
  readonly most: Resources
  readonly compute: Boosted
  /** Of one accelerator. */
  readonly accelerator: Boosted | null
  /** |truth − said| ÷ said of workloads that were left out, ascending: of those with accelerators, and of others. */
  readonly errors: Readonly<Record<'accelerated' | 'others', readonly number[]>>
}

export interface PowerSaid {
  readonly compute_watts: number
  readonly accelerator_watts: number
}

const FOLDS = 5
const LEAST_WORKLOADS = 20
const LEAST_ACCELERATED = 8
/** Errors of fewer workloads calibrate nothing. */
const LEAST_ERRORS = 20
const WITHIN = 0.1
/** So much is drawn at least: a quotient by less says nothing. */
const LEAST_WATTS = 0.1

/** One step of the fitting: it is long, so that whoever has others waiting goes on step by step. */
export function* fitPowerModel(rows: readonly Ran[]): Generator<void, PowerModel | null> {
  const workloads = new Set(rows.map(({ workload }) => workload))
  if (workloads.size < LEAST_WORKLOADS) return null
  const folds = foldsOf([...workloads].sort())
  const errors = { accelerated: [] as number[], others: [] as number[] }
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const isOut = ({ workload }: Ran): boolean => folds.get(workload) === fold
    const fitted = fit(rows.filter((row) => !isOut(row)))
    for (const row of rows.filter(isOut)) noteError(errors, fitted, row)
    yield
  }
  return {
    ...fit(rows),
    rows: rows.length,
    workloads: workloads.size,
    accelerated: new Set(rows.filter(isAccelerated).map(({ workload }) => workload)).size,
    most: mostOf(rows),
    errors: {
      accelerated: errors.accelerated.sort((a, b) => a - b),
      others: errors.others.sort((a, b) => a - b),
    },
  }
}

type Errors = Readonly<Record<'accelerated' | 'others', number[]>>

function noteError(errors: Errors, fitted: Fitted, row: Ran): void {
  const error = errorOf(fitted, row)
  if (error !== null) errors[kindOf(row)].push(error)
}

type Fitted = Pick<PowerModel, 'compute' | 'accelerator'>

const devicesOf = ({ gpu_count: gpus, npu_count: npus }: Resources): number => gpus + npus
const isAccelerated = (resources: Resources): boolean => devicesOf(resources) > 0
const kindOf = (resources: Resources): 'accelerated' | 'others' =>
  isAccelerated(resources) ? 'accelerated' : 'others'

const featuresOf = (asked: Resources): readonly number[] => [
  asked.cpu_cores,
  asked.memory_gb,
  asked.gpu_count,
  asked.npu_count,
]

/** By logarithms: an error of a tenth counts as much for a small workload as for a large one. */
function fit(rows: readonly Ran[]): Fitted {
  const accelerated = rows.filter(isAccelerated)
  const enough = new Set(accelerated.map(({ workload }) => workload)).size >= LEAST_ACCELERATED
  return {
    compute: fitBoosted(
      rows.map(featuresOf),
      rows.map((row) => Math.log(row.compute_watts + LEAST_WATTS)),
    ),
    accelerator: enough
      ? fitBoosted(
          accelerated.map(featuresOf),
          accelerated.map((row) => Math.log(row.accelerator_watts / devicesOf(row) + LEAST_WATTS)),
        )
      : null,
  }
}

/** What a model says of a workload; null where it has seen none of its kind. */
export function powerSaid({ compute, accelerator }: Fitted, asked: Resources): PowerSaid | null {
  const devices = devicesOf(asked)
  if (devices > 0 && accelerator === null) return null
  const watts = (model: Boosted): number =>
    Math.max(0, Math.exp(boostedValue(model, featuresOf(asked))) - LEAST_WATTS)
  return {
    compute_watts: watts(compute),
    accelerator_watts: accelerator === null ? 0 : devices * watts(accelerator),
  }
}

function errorOf(fitted: Fitted, row: Ran): number | null {
  const said = powerSaid(fitted, row)
  if (said === null) return null
  const watts = said.compute_watts + said.accelerator_watts
  if (watts < LEAST_WATTS) return null
  return Math.abs(row.compute_watts + row.accelerator_watts - watts) / watts
}

/** Every fold has workloads of every kind, since their names say of which they are. */
function foldsOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index % FOLDS]))
}

function mostOf(rows: readonly Ran[]): Resources {
  const most = (key: keyof Resources): number =>
    rows.reduce((highest, row) => Math.max(highest, row[key]), 0)
  return {
    cpu_cores: most('cpu_cores'),
    memory_gb: most('memory_gb'),
    gpu_count: most('gpu_count'),
    npu_count: most('npu_count'),
  }
}

/** How far off a figure may be, as shares of it; nulls where too few errors are known to say. */
export interface Calibration {
  /** The share of workloads whose truth lay within a tenth of what was said. */
  readonly confidence: number | null
  readonly width_80: number | null
  readonly width_95: number | null
}

/** The calibration for what is asked; none beyond what was ever seen. */
export function calibrationOf(model: PowerModel, asked: Resources): Calibration {
  const errors = model.errors[kindOf(asked)]
  if (errors.length < LEAST_ERRORS || beyond(model, asked).length > 0)
    return { confidence: null, width_80: null, width_95: null }
  const within = errors.filter((error) => error <= WITHIN).length
  return {
    confidence: within / errors.length,
    width_80: quantile(errors, 0.8),
    width_95: quantile(errors, 0.95),
  }
}

/** What is asked for more than any workload that was seen asked for. */
export function beyond({ most }: PowerModel, asked: Resources): readonly (keyof Resources)[] {
  // The keys of an object of ours are those of its type.
  return (Object.keys(most) as (keyof Resources)[]).filter((key) => asked[key] > most[key])
}

/** Split conformal: the quantile of as many errors as there are and one more. */
function quantile(ascending: readonly number[], level: number): number | null {
  const place = Math.ceil((ascending.length + 1) * level) - 1
  return ascending[place] ?? null
}
