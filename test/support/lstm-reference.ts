import type { LstmShape } from '../../src/analysis/forecast/lstm/network.ts'

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const eights = (count: number): number => Math.ceil(count / 8) * 8

/**
 * The LSTM as it is written down, in double precision and one number at a time (Hochreiter and Schmidhuber, 1997, with
 * the forget gate of Gers et al., 2000). The outputs of each sample, one after the other.
 */
export function lstmReference(
  weights: ArrayLike<number>,
  { features, hidden, outputs }: LstmShape,
  samples: readonly (readonly (readonly number[])[])[],
): Float64Array {
  const inputs = eights(features + 1)
  // Matrices lie in strips of eight columns.
  const at = (offset: number, rows: number, row: number, column: number): number =>
    weights[offset + ((column >> 3) * rows + row) * 8 + (column & 7)] ?? 0
  const recurrent = 4 * hidden * inputs
  const out = recurrent + 4 * hidden * hidden
  const constants = out + eights(outputs) * hidden
  const result = samples.flatMap((steps) => {
    let h = new Float64Array(hidden)
    let c = new Float64Array(hidden)
    for (const row of steps) {
      const sums = Float64Array.from({ length: 4 * hidden }, (_, unit) => {
        let sum = at(0, inputs, inputs - 1, unit)
        for (const [feature, value] of row.entries()) sum += value * at(0, inputs, feature, unit)
        for (let other = 0; other < hidden; other += 1)
          sum += h[other]! * at(recurrent, hidden, other, unit)
        return sum
      })
      const gate = (number: number, unit: number): number => sums[number * hidden + unit]!
      c = c.map(
        (state, unit) =>
          sigmoid(gate(1, unit)) * state + sigmoid(gate(0, unit)) * Math.tanh(gate(2, unit)),
      )
      const state = c
      h = h.map((_, unit) => sigmoid(gate(3, unit)) * Math.tanh(state[unit]!))
    }
    return Array.from({ length: outputs }, (_, output) => {
      let sum = weights[constants + output] ?? 0
      for (let unit = 0; unit < hidden; unit += 1) sum += h[unit]! * at(out, hidden, unit, output)
      return sum
    })
  })
  return Float64Array.from(result)
}
