import { describe, expect, it } from 'vitest'
import {
  beyond,
  calibrationOf,
  fitPowerModel,
  powerSaid,
  type PowerModel,
  type Ran,
} from '../../../src/analysis/forecast/cost-model.ts'

/** Watts that follow from what is asked for, and what looks like chance: 8 W a core, 400 W a GPU. */
function ran(index: number, gpus: number): Ran {
  const cores = 2 + (index % 8) * 2
  const noise = 1 + 0.03 * Math.sin(index * index)
  return {
    workload: `w-${index}`,
    cpu_cores: cores,
    memory_gb: cores * 4,
    gpu_count: gpus,
    npu_count: 0,
    compute_watts: 8 * cores * noise,
    accelerator_watts: 400 * gpus * noise,
  }
}

function fit(rows: readonly Ran[]): PowerModel | null {
  const fitting = fitPowerModel(rows)
  let step = fitting.next()
  while (step.done !== true) step = fitting.next()
  return step.value
}

const ROWS = Array.from({ length: 160 }, (_, index) =>
  ran(index, index % 2 === 0 ? 0 : 1 + (index % 4)),
)
const asked = { cpu_cores: 8, memory_gb: 32, gpu_count: 2, npu_count: 0 }

describe('the power of workloads by what they ask for', () => {
  it('is learnt from those that ran', () => {
    const model = fit(ROWS)!
    const said = powerSaid(model, asked)!
    expect(said.accelerator_watts).toBeGreaterThan(740)
    expect(said.accelerator_watts).toBeLessThan(860)
    expect(said.compute_watts).toBeGreaterThan(55)
    expect(said.compute_watts).toBeLessThan(75)
    expect(powerSaid(model, { ...asked, gpu_count: 0 })!.accelerator_watts).toBe(0)
  })

  it('says how far off it was for workloads that it had not seen', () => {
    const model = fit(ROWS)!
    const { confidence, width_80: inner, width_95: outer } = calibrationOf(model, asked)
    expect(confidence).toBeGreaterThan(0.9)
    expect(inner).toBeLessThanOrEqual(outer!)
    expect(outer).toBeLessThan(0.15)
    const errors = model.errors.accelerated
    expect(errors.filter((error) => error <= inner!).length / errors.length).toBeGreaterThanOrEqual(
      0.8,
    )
  })

  it('is not certain of anything beyond what was ever asked for', () => {
    const model = fit(ROWS)!
    const large = { ...asked, gpu_count: 64 }
    expect(beyond(model, large)).toEqual(['gpu_count'])
    expect(calibrationOf(model, large)).toEqual({
      confidence: null,
      width_80: null,
      width_95: null,
    })
  })

  it('is not known from a few workloads, nor that of GPUs from workloads without', () => {
    expect(fit(ROWS.slice(0, 19))).toBeNull()
    const without = fit(ROWS.filter(({ gpu_count: gpus }) => gpus === 0))!
    expect(powerSaid(without, asked)).toBeNull()
    expect(powerSaid(without, { ...asked, gpu_count: 0 })).not.toBeNull()
  })

  it('judges no workload by itself at another time', () => {
    const twice = ROWS.slice(0, 40).flatMap((row) => [row, row])
    const model = fit(twice)!
    expect(model.workloads).toBe(40)
    // Found again, each would be said without an error.
    expect(model.errors.others.some((error) => error < 1e-6)).toBe(false)
  })
})
