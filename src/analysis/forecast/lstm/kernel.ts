/**
 * The arithmetic of an LSTM over one linear memory: `wasm/lstm.ts`, compiled. Arguments are addresses in bytes;
 * matrices lie in strips of eight columns.
 */
export interface LstmKernel {
  readonly memory: KernelMemory
  multiply(
    ...matrices: [...product: Product, rows: number, inner: number, columns: number, add: number]
  ): void
  readonly multiplyRow: (
    ...matrices: [...product: Product, inner: number, columns: number, add: number]
  ) => void
  multiplyTransposed(
    ...matrices: [...product: Product, rows: number, width: number, columns: number]
  ): void
  forward(...step: [...Cells, squashed: number, output: number, size: number]): void
  backward(
    ...step: [gates: number, before: number, squashed: number, ...Slopes, size: number]
  ): void
}

/** The memory of a kernel, in pages of 64 KiB. Its buffer is another one after each growth. */
export interface KernelMemory {
  readonly buffer: ArrayBufferLike
  grow(pages: number): number
}

type Product = [c: number, a: number, b: number]
type Slopes = [slope: number, carried: number]
type Cells = [gates: number, before: number, state: number]

const PAGE = 65_536

/** Takes memory in order, aligned for SIMD, and never gives any back: a kernel serves one network. */
export interface Arena {
  /** The address of room for so many numbers. */
  take(numbers: number): number
  /** The numbers at an address. Only valid once nothing more is taken. */
  view(address: number, numbers: number): Float32Array
}

/** An arena over the memory of a kernel. */
export function createArena({ memory }: LstmKernel): Arena {
  let next = 1024
  return {
    take(numbers) {
      const address = next
      next += Math.ceil((numbers * 4) / 16) * 16
      const missing = next - memory.buffer.byteLength
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
      return address
    },
    view: (address, numbers) => new Float32Array(memory.buffer, address, numbers),
  }
}
