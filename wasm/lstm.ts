/**
 * The arithmetic of an LSTM in WebAssembly SIMD: AssemblyScript, and not part of the TypeScript program.
 *
 * Every matrix lies in strips of eight columns, `[columns / 8][rows][8]`, so that each loop reads forward through
 * memory. Rows come in fours, columns in eights. Nothing is fused and each sum has one order, so that the same input
 * gives the same bytes everywhere.
 */

/** `c = a · b`, or `c += a · b`. */
export function multiply(
  c: usize,
  a: usize,
  b: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  add: bool,
): void {
  for (let strip = 0; strip < columns >> 3; strip++) {
    const right = b + <usize>(strip * inner * 32)
    for (let row = 0; row < rows; row += 4) {
      const out = c + <usize>((strip * rows + row) * 32)
      let c00 = f32x4.splat(0),
        c01 = c00,
        c10 = c00,
        c11 = c00
      let c20 = c00,
        c21 = c00,
        c30 = c00,
        c31 = c00
      if (add) {
        c00 = v128.load(out)
        c01 = v128.load(out, 16)
        c10 = v128.load(out, 32)
        c11 = v128.load(out, 48)
        c20 = v128.load(out, 64)
        c21 = v128.load(out, 80)
        c30 = v128.load(out, 96)
        c31 = v128.load(out, 112)
      }
      let left = a + <usize>(row * 32)
      let from = right
      const step = <usize>((rows * 8 - 8) * 4)
      for (let k = 0; k < inner; k++) {
        const b0 = v128.load(from)
        const b1 = v128.load(from, 16)
        const a0 = v128.load32_splat(left)
        c00 = f32x4.add(c00, f32x4.mul(a0, b0))
        c01 = f32x4.add(c01, f32x4.mul(a0, b1))
        const a1 = v128.load32_splat(left, 32)
        c10 = f32x4.add(c10, f32x4.mul(a1, b0))
        c11 = f32x4.add(c11, f32x4.mul(a1, b1))
        const a2 = v128.load32_splat(left, 64)
        c20 = f32x4.add(c20, f32x4.mul(a2, b0))
        c21 = f32x4.add(c21, f32x4.mul(a2, b1))
        const a3 = v128.load32_splat(left, 96)
        c30 = f32x4.add(c30, f32x4.mul(a3, b0))
        c31 = f32x4.add(c31, f32x4.mul(a3, b1))
        from += 32
        left += 4
        // Eight columns on, the next strip begins.
        if ((k & 7) == 7) left += step
      }
      v128.store(out, c00)
      v128.store(out, c01, 16)
      v128.store(out, c10, 32)
      v128.store(out, c11, 48)
      v128.store(out, c20, 64)
      v128.store(out, c21, 80)
      v128.store(out, c30, 96)
      v128.store(out, c31, 112)
    }
  }
}

/** The same for one row, in the same order of sums. Its strips are beside one another, so four are gone through at once. */
export function multiplyRow(
  c: usize,
  a: usize,
  b: usize,
  inner: i32,
  columns: i32,
  add: bool,
): void {
  const strips = columns >> 3
  let strip = 0
  for (; strip + 4 <= strips; strip += 4) fourStrips(c, a, b, inner, strip, add)
  for (; strip < strips; strip++) oneStrip(c, a, b, inner, strip, add)
}

function fourStrips(c: usize, a: usize, b: usize, inner: i32, strip: i32, add: bool): void {
  const out = c + <usize>(strip * 32)
  let c00 = f32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00
  let c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00
  if (add) {
    c00 = v128.load(out)
    c01 = v128.load(out, 16)
    c10 = v128.load(out, 32)
    c11 = v128.load(out, 48)
    c20 = v128.load(out, 64)
    c21 = v128.load(out, 80)
    c30 = v128.load(out, 96)
    c31 = v128.load(out, 112)
  }
  const width = <usize>(inner * 32)
  let from0 = b + <usize>strip * width
  let from1 = from0 + width
  let from2 = from1 + width
  let from3 = from2 + width
  for (let k = 0; k < inner; k++) {
    const left = v128.load32_splat(a)
    c00 = f32x4.add(c00, f32x4.mul(left, v128.load(from0)))
    c01 = f32x4.add(c01, f32x4.mul(left, v128.load(from0, 16)))
    c10 = f32x4.add(c10, f32x4.mul(left, v128.load(from1)))
    c11 = f32x4.add(c11, f32x4.mul(left, v128.load(from1, 16)))
    c20 = f32x4.add(c20, f32x4.mul(left, v128.load(from2)))
    c21 = f32x4.add(c21, f32x4.mul(left, v128.load(from2, 16)))
    c30 = f32x4.add(c30, f32x4.mul(left, v128.load(from3)))
    c31 = f32x4.add(c31, f32x4.mul(left, v128.load(from3, 16)))
    from0 += 32
    from1 += 32
    from2 += 32
    from3 += 32
    a += 4
  }
  v128.store(out, c00)
  v128.store(out, c01, 16)
  v128.store(out, c10, 32)
  v128.store(out, c11, 48)
  v128.store(out, c20, 64)
  v128.store(out, c21, 80)
  v128.store(out, c30, 96)
  v128.store(out, c31, 112)
}

function oneStrip(c: usize, a: usize, b: usize, inner: i32, strip: i32, add: bool): void {
  const out = c + <usize>(strip * 32)
  let c0 = f32x4.splat(0),
    c1 = c0
  if (add) {
    c0 = v128.load(out)
    c1 = v128.load(out, 16)
  }
  let from = b + <usize>(strip * inner * 32)
  for (let k = 0; k < inner; k++) {
    const left = v128.load32_splat(a)
    c0 = f32x4.add(c0, f32x4.mul(left, v128.load(from)))
    c1 = f32x4.add(c1, f32x4.mul(left, v128.load(from, 16)))
    from += 32
    a += 4
  }
  v128.store(out, c0)
  v128.store(out, c1, 16)
}

/** `c += aᵀ · b`, where `a` has `rows` rows and `width` columns. */
export function multiplyTransposed(
  c: usize,
  a: usize,
  b: usize,
  rows: i32,
  width: i32,
  columns: i32,
): void {
  for (let strip = 0; strip < columns >> 3; strip++) {
    const right = b + <usize>(strip * rows * 32)
    for (let i = 0; i < width; i += 4) {
      const out = c + <usize>((strip * width + i) * 32)
      let c00 = v128.load(out),
        c01 = v128.load(out, 16)
      let c10 = v128.load(out, 32),
        c11 = v128.load(out, 48)
      let c20 = v128.load(out, 64),
        c21 = v128.load(out, 80)
      let c30 = v128.load(out, 96),
        c31 = v128.load(out, 112)
      let left = a + <usize>((i >> 3) * rows * 32 + (i & 7) * 4)
      let from = right
      for (let k = 0; k < rows; k++) {
        const b0 = v128.load(from)
        const b1 = v128.load(from, 16)
        const a0 = v128.load32_splat(left)
        c00 = f32x4.add(c00, f32x4.mul(a0, b0))
        c01 = f32x4.add(c01, f32x4.mul(a0, b1))
        const a1 = v128.load32_splat(left, 4)
        c10 = f32x4.add(c10, f32x4.mul(a1, b0))
        c11 = f32x4.add(c11, f32x4.mul(a1, b1))
        const a2 = v128.load32_splat(left, 8)
        c20 = f32x4.add(c20, f32x4.mul(a2, b0))
        c21 = f32x4.add(c21, f32x4.mul(a2, b1))
        const a3 = v128.load32_splat(left, 12)
        c30 = f32x4.add(c30, f32x4.mul(a3, b0))
        c31 = f32x4.add(c31, f32x4.mul(a3, b1))
        from += 32
        left += 32
      }
      v128.store(out, c00)
      v128.store(out, c01, 16)
      v128.store(out, c10, 32)
      v128.store(out, c11, 48)
      v128.store(out, c20, 64)
      v128.store(out, c21, 80)
      v128.store(out, c30, 96)
      v128.store(out, c31, 112)
    }
  }
}

/**
 * One step of the cells. `gates` holds input, forget, candidate and output sums, `size` numbers each, and is left
 * holding the activations. Writes the state, its tanh and the output.
 */
export function forward(
  gates: usize,
  before: usize,
  state: usize,
  squashed: usize,
  output: usize,
  size: i32,
): void {
  const bytes = <usize>(size * 4)
  for (let at: usize = 0; at < bytes; at += 16) {
    const place = gates + at
    const i = sigmoid(v128.load(place))
    const f = sigmoid(v128.load(place + bytes))
    const g = tanh4(v128.load(place + 2 * bytes))
    const o = sigmoid(v128.load(place + 3 * bytes))
    const c = f32x4.add(f32x4.mul(f, v128.load(before + at)), f32x4.mul(i, g))
    const s = tanh4(c)
    v128.store(place, i)
    v128.store(place + bytes, f)
    v128.store(place + 2 * bytes, g)
    v128.store(place + 3 * bytes, o)
    v128.store(state + at, c)
    v128.store(squashed + at, s)
    v128.store(output + at, f32x4.mul(o, s))
  }
}

/**
 * The same step backwards: `gates` holds activations and is left holding the slopes of the loss by their sums;
 * `slope` is that by the output, and `carried` that by the state, from this step to the one before.
 */
export function backward(
  gates: usize,
  before: usize,
  squashed: usize,
  slope: usize,
  carried: usize,
  size: i32,
): void {
  const bytes = <usize>(size * 4)
  const one = f32x4.splat(1)
  for (let at: usize = 0; at < bytes; at += 16) {
    const place = gates + at
    const i = v128.load(place)
    const f = v128.load(place + bytes)
    const g = v128.load(place + 2 * bytes)
    const o = v128.load(place + 3 * bytes)
    const s = v128.load(squashed + at)
    const dh = v128.load(slope + at)
    const through = f32x4.mul(f32x4.mul(dh, o), f32x4.sub(one, f32x4.mul(s, s)))
    const dc = f32x4.add(v128.load(carried + at), through)
    v128.store(place, f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i))))
    v128.store(
      place + bytes,
      f32x4.mul(f32x4.mul(dc, v128.load(before + at)), f32x4.mul(f, f32x4.sub(one, f))),
    )
    v128.store(place + 2 * bytes, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))))
    v128.store(place + 3 * bytes, f32x4.mul(f32x4.mul(dh, s), f32x4.mul(o, f32x4.sub(one, o))))
    v128.store(carried + at, f32x4.mul(dc, f))
  }
}

function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1)
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))))
}

function tanh4(x: v128): v128 {
  const one = f32x4.splat(1)
  const two = f32x4.splat(2)
  return f32x4.sub(f32x4.div(two, f32x4.add(one, exp4(f32x4.mul(x, f32x4.splat(-2))))), one)
}

/** `e` to the power of each: `2^n · e^r` with |r| ≤ ln 2 / 2, by the polynomial of Cephes' `expf`. */
function exp4(value: v128): v128 {
  const x = f32x4.max(f32x4.min(value, f32x4.splat(87)), f32x4.splat(-87))
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)))
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)))
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)))
  let p = f32x4.splat(1.98756915e-4)
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1))
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1))
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  return f32x4.mul(p, power)
}
