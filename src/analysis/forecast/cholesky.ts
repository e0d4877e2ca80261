/**
 * Solves `A · X = B` for a symmetric positive definite `A` of `size` rows and `columns` right-hand sides, all row by
 * row. Null where `A` is not positive definite.
 */
export function solvePositive(
  a: Float64Array,
  b: Float64Array,
  { size, columns }: { readonly size: number; readonly columns: number },
): Float64Array | null {
  const root = rootOf(a, size)
  if (root === null) return null
  const x = Float64Array.from(b)
  for (let row = 0; row < size; row += 1) {
    for (let before = 0; before < row; before += 1)
      subtract(x, { to: row, from: before, factor: root[row * size + before] ?? 0, columns })
    divide(x, row, { by: root[row * size + row] ?? 1, columns })
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let after = row + 1; after < size; after += 1)
      subtract(x, { to: row, from: after, factor: root[after * size + row] ?? 0, columns })
    divide(x, row, { by: root[row * size + row] ?? 1, columns })
  }
  return x
}

/** The lower triangular `L` with `L · Lᵀ = A`. */
function rootOf(a: Float64Array, size: number): Float64Array | null {
  const root = new Float64Array(size * size)
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = a[row * size + column] ?? 0
      for (let k = 0; k < column; k += 1)
        sum -= (root[row * size + k] ?? 0) * (root[column * size + k] ?? 0)
      if (column < row) root[row * size + column] = sum / (root[column * size + column] ?? 1)
      else if (sum > 0) root[row * size + row] = Math.sqrt(sum)
      else return null
    }
  }
  return root
}

interface Rows {
  readonly to: number
  readonly from: number
  readonly factor: number
  readonly columns: number
}

function subtract(x: Float64Array, { to, from, factor, columns }: Rows): void {
  for (let column = 0; column < columns; column += 1)
    x[to * columns + column] =
      (x[to * columns + column] ?? 0) - factor * (x[from * columns + column] ?? 0)
}

function divide(
  x: Float64Array,
  row: number,
  { by, columns }: { readonly by: number; readonly columns: number },
): void {
  for (let column = 0; column < columns; column += 1)
    x[row * columns + column] = (x[row * columns + column] ?? 0) / by
}
