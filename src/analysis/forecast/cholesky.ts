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
  const at = (row: number, column: number): number => root[row * size + column] ?? 0
  for (let row = 0; row < size; row += 1) {
    for (let from = 0; from < row; from += 1)
      subtract(x, { to: row, from, factor: at(row, from), columns })
    divide(x, row, { by: at(row, row), columns })
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let from = row + 1; from < size; from += 1)
      subtract(x, { to: row, from, factor: at(from, row), columns })
    divide(x, row, { by: at(row, row), columns })
  }
  return x
}

/** The lower triangular `L` with `L · Lᵀ = A`. */
function rootOf(a: Float64Array, size: number): Float64Array | null {
  const root = new Float64Array(size * size)
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < row; column += 1)
      root[row * size + column] =
        remainder(a, root, { row, column, size }) / (root[column * size + column] ?? 1)
    const square = remainder(a, root, { row, column: row, size })
    if (!(square > 0)) return null
    root[row * size + row] = Math.sqrt(square)
  }
  return root
}

interface Place {
  readonly row: number
  readonly column: number
  readonly size: number
}

/** What is left of an entry without what the columns before account for. */
function remainder(a: Float64Array, root: Float64Array, { row, column, size }: Place): number {
  let sum = a[row * size + column] ?? 0
  const own = row * size
  const other = column * size
  for (let k = 0; k < column; k += 1) sum -= (root[own + k] ?? 0) * (root[other + k] ?? 0)
  return sum
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
