import { createArena, type Arena, type LstmKernel } from './kernel.ts'
import { createRandom } from '../../trees/random.ts'

/** The size of a network: a sequence of rows of features through one layer of cells to all outputs at once. */
export interface LstmShape {
  readonly sequence: number
  readonly features: number
  /** A multiple of eight. */
  readonly hidden: number
  readonly outputs: number
}

/** A network in the memory of a kernel, for batches of one size. */
export interface Network {
  /** All weights, in the order of `parametersOf`. */
  readonly weights: Float32Array
  /** The slopes of the loss, in the same order, after `learn`. */
  readonly slopes: Float32Array
  /** Sets one input of one sample. */
  input(sample: Cell, value: number): void
  /** The outputs of every sample: `outputs` numbers each. */
  predict(): Float32Array
  /** Goes backwards from the slopes of the loss by each output, laid out as `predict` gives them. */
  learn(slopes: Float32Array): void
}

interface Cell {
  readonly sample: number
  readonly step: number
  readonly feature: number
}

const eights = (count: number): number => Math.ceil(count / 8) * 8

/** The sizes that are used: one more feature is the constant of the sums. */
function sizesOf({ sequence, features, hidden, outputs }: LstmShape) {
  return { steps: sequence, inputs: eights(features + 1), hidden, outputs: eights(outputs) }
}

/** How many numbers the weights are. */
export function parametersOf(shape: LstmShape): number {
  const { inputs, hidden, outputs } = sizesOf(shape)
  return 4 * hidden * (inputs + hidden) + outputs * (hidden + 1)
}

/**
 * Weights to begin with, which depend on nothing but the seed. The outputs begin near zero, the forget gates open.
 */
export function initialWeights(shape: LstmShape, seed: number): Float32Array {
  const { inputs, hidden, outputs } = sizesOf(shape)
  const random = createRandom(seed)
  const reach = 1 / Math.sqrt(hidden)
  const weights = new Float32Array(parametersOf(shape))
  const cells = 4 * hidden * (inputs + hidden)
  for (let at = 0; at < cells; at += 1) weights[at] = (2 * random() - 1) * reach
  for (let at = cells; at < cells + outputs * hidden; at += 1)
    weights[at] = (2 * random() - 1) * reach * 0.1
  setConstants(weights, shape)
  return weights
}

/** Inputs that are no feature weigh nothing; the last of them is the constant, which opens the forget gates. */
function setConstants(weights: Float32Array, shape: LstmShape): void {
  const { inputs, hidden } = sizesOf(shape)
  for (let unit = 0; unit < 4 * hidden; unit += 1) {
    const isForget = unit >= hidden && unit < 2 * hidden
    for (let row = shape.features; row < inputs; row += 1)
      weights[((unit >> 3) * inputs + row) * 8 + (unit & 7)] =
        row === inputs - 1 && isForget ? 1 : 0
  }
}

/**
 * Builds a network for `batch` samples at once: a multiple of four, or one, which then only predicts. The kernel serves
 * nothing else.
 */
export function createNetwork(kernel: LstmKernel, shape: LstmShape, batch: number): Network {
  const sizes = sizesOf(shape)
  const places = placesOf(createArena(kernel), { ...sizes, batch })
  const body: Body = { kernel, shape, batch, ...sizes, ...places }
  return {
    weights: places.all,
    slopes: places.allSlopes,
    input({ sample, step, feature }, value) {
      const strip = (feature >> 3) * batch * 8
      places.x[step * sizes.inputs * batch + strip + sample * 8 + (feature & 7)] = value
    },
    predict: () => forwards(body),
    learn: (slopes) => backwards(body, slopes),
  }
}

type Sizes = ReturnType<typeof sizesOf> & { readonly batch: number }
type Places = ReturnType<typeof placesOf>
type Body = { readonly kernel: LstmKernel; readonly shape: LstmShape } & Sizes & Places

/** Where everything lies. What is looked at from here is a view, taken when no more memory is. */
function placesOf(arena: Arena, sizes: Sizes) {
  const { steps, inputs, hidden, outputs, batch } = sizes
  const count = 4 * hidden * (inputs + hidden) + outputs * (hidden + 1)
  const state = hidden * batch
  const at = {
    weights: arena.take(count),
    slopes: arena.take(count),
    turned: arena.take(4 * hidden * hidden),
    turnedOut: arena.take(outputs * hidden),
    x: arena.take(steps * inputs * batch),
    gates: arena.take(steps * 4 * state),
    c: arena.take((steps + 1) * state),
    s: arena.take(steps * state),
    h: arena.take((steps + 1) * state),
    y: arena.take(outputs * batch),
    dh: arena.take(state),
    dc: arena.take(state),
  }
  const x = arena.view(at.x, steps * inputs * batch)
  fillConstant(x, sizes)
  return {
    at,
    x,
    all: arena.view(at.weights, count),
    allSlopes: arena.view(at.slopes, count),
    turned: arena.view(at.turned, 4 * hidden * hidden),
    turnedOut: arena.view(at.turnedOut, outputs * hidden),
    y: arena.view(at.y, outputs * batch),
    dc: arena.view(at.dc, state),
    /** Bytes from one step to the next. */
    strides: { x: inputs * batch * 4, gates: 16 * state, state: 4 * state },
    /** Where the matrices begin within the weights, in numbers. */
    parts: partsOf(sizes),
  }
}

function partsOf({ inputs, hidden, outputs }: Pick<Sizes, 'inputs' | 'hidden' | 'outputs'>) {
  const recurrent = 4 * hidden * inputs
  const out = recurrent + 4 * hidden * hidden
  return { recurrent, out, constant: out + outputs * hidden }
}

/** The last column of the input is one throughout: the constant of the sums. */
function fillConstant(x: Float32Array, { steps, inputs, batch }: Sizes): void {
  const strip = ((inputs >> 3) - 1) * batch * 8
  for (let step = 0; step < steps; step += 1)
    for (let sample = 0; sample < batch; sample += 1)
      x[step * inputs * batch + strip + sample * 8 + 7] = 1
}

function forwards(body: Body): Float32Array {
  const { kernel, at, strides, parts, steps, inputs, hidden, outputs, batch } = body
  const weights = (part: number): number => at.weights + part * 4
  const multiply = productOf(kernel, batch)
  for (let step = 0; step < steps; step += 1) {
    const gates = at.gates + step * strides.gates
    const h = at.h + step * strides.state
    const c = at.c + step * strides.state
    multiply(gates, at.x + step * strides.x, at.weights, inputs, 4 * hidden, 0)
    multiply(gates, h, weights(parts.recurrent), hidden, 4 * hidden, 1)
    const squashed = at.s + step * strides.state
    kernel.forward(gates, c, c + strides.state, squashed, h + strides.state, hidden * batch)
  }
  const last = at.h + steps * strides.state
  multiply(at.y, last, weights(parts.out), hidden, outputs, 0)
  return plainOutputs(body)
}

/** The product of all samples with a matrix. */
function productOf(kernel: LstmKernel, batch: number): LstmKernel['multiplyRow'] {
  if (batch === 1) return kernel.multiplyRow
  return (...matrices) => {
    const [c, a, b, ...sizes] = matrices
    kernel.multiply(c, a, b, batch, ...sizes)
  }
}

/** The outputs with their constants, sample by sample. */
function plainOutputs({ y, all, parts, batch, shape: { outputs } }: Body): Float32Array {
  const plain = new Float32Array(batch * outputs)
  for (let output = 0; output < outputs; output += 1) {
    const constant = all[parts.constant + output] ?? 0
    for (let sample = 0; sample < batch; sample += 1)
      plain[sample * outputs + output] =
        (y[(output >> 3) * batch * 8 + sample * 8 + (output & 7)] ?? 0) + constant
  }
  return plain
}

function backwards(body: Body, slopes: Float32Array): void {
  const { kernel, at, strides, parts, steps, inputs, hidden, outputs, batch, dc } = body
  body.allSlopes.fill(0)
  dc.fill(0)
  turn(body)
  setOutputSlopes(body, slopes)
  const gradient = (part: number): number => at.slopes + part * 4
  const last = at.h + steps * strides.state
  kernel.multiplyTransposed(gradient(parts.out), last, at.y, batch, hidden, outputs)
  kernel.multiply(at.dh, at.y, at.turnedOut, batch, outputs, hidden, 0)
  for (let step = steps - 1; step >= 0; step -= 1) {
    const gates = at.gates + step * strides.gates
    const h = at.h + step * strides.state
    const c = at.c + step * strides.state
    kernel.backward(gates, c, at.s + step * strides.state, at.dh, at.dc, hidden * batch)
    const x = at.x + step * strides.x
    kernel.multiplyTransposed(at.slopes, x, gates, batch, inputs, 4 * hidden)
    kernel.multiplyTransposed(gradient(parts.recurrent), h, gates, batch, hidden, 4 * hidden)
    kernel.multiply(at.dh, gates, at.turned, batch, 4 * hidden, hidden, 0)
  }
}

function setOutputSlopes(body: Body, slopes: Float32Array): void {
  const { y, allSlopes, parts, batch, shape } = body
  y.fill(0)
  for (let output = 0; output < shape.outputs; output += 1) {
    let sum = 0
    for (let sample = 0; sample < batch; sample += 1) {
      const slope = slopes[sample * shape.outputs + output] ?? 0
      y[(output >> 3) * batch * 8 + sample * 8 + (output & 7)] = slope
      sum += slope
    }
    allSlopes[parts.constant + output] = sum
  }
}

/** The recurrent and the output weights with rows and columns exchanged. */
function turn({ all, parts, turned, turnedOut, hidden, outputs }: Body): void {
  transpose(all.subarray(parts.recurrent), turned, { rows: hidden, columns: 4 * hidden })
  transpose(all.subarray(parts.out), turnedOut, { rows: hidden, columns: outputs })
}

function transpose(
  from: Float32Array,
  to: Float32Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): void {
  for (let column = 0; column < columns; column += 1)
    for (let row = 0; row < rows; row += 1)
      to[((row >> 3) * columns + column) * 8 + (row & 7)] =
        from[((column >> 3) * rows + row) * 8 + (column & 7)] ?? 0
}
