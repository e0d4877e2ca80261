import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LstmKernel } from '../../analysis/forecast/lstm/kernel.ts'

/** Where the build puts the compiled kernel: beside this module. */
const BUILT = new URL('./lstm.wasm', import.meta.url)
const ROOT = new URL('../../../', import.meta.url)
const SOURCE = new URL('wasm/lstm.ts', ROOT)

/**
 * The compiled kernel of the LSTM: the one of the build, else the one in the cache of the development tree, else it is
 * compiled now, which takes about a second and the development dependencies.
 */
export async function kernelBytes(): Promise<Uint8Array> {
  const built = await readIfThere(BUILT)
  if (built !== null) return built
  const source = await readFile(SOURCE, 'utf8')
  const name = createHash('sha256').update(source).digest('hex').slice(0, 16)
  const kept = join(fileURLToPath(ROOT), `node_modules/.cache/kcloud-monitor/lstm-${name}.wasm`)
  const cached = await readIfThere(kept)
  if (cached !== null) return cached
  const bytes = await compileKernel(source)
  await keep(kept, bytes)
  return bytes
}

/** What is used of the compiler. Its own types would change those of arrays everywhere, so they are not imported. */
interface Compiler {
  compileString(
    sources: Readonly<Record<string, string>>,
    options: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly binary: Uint8Array | null; readonly error: Error | null }>
}

const COMPILER = ['assemblyscript', 'asc'].join('/')

/** Compiles the source of the kernel. Rejects when it does not compile. */
export async function compileKernel(source: string): Promise<Uint8Array> {
  const asc = (await import(COMPILER)) as Compiler
  const { binary, error } = await asc.compileString(
    { 'lstm.ts': source },
    {
      optimizeLevel: 3,
      shrinkLevel: 0,
      converge: true,
      noAssert: true,
      runtime: 'stub',
      enable: ['simd'],
    },
  )
  if (binary === null) throw new Error('compile wasm/lstm.ts', { cause: error })
  return binary
}

/** A kernel with a memory of its own. */
export function instantiateKernel(bytes: Uint8Array): LstmKernel {
  const module: unknown = Reflect.construct(wasm('Module'), [bytes])
  const instance: unknown = Reflect.construct(wasm('Instance'), [module, {}])
  // The kernel exports what its interface says: both are ours.
  return (instance as { readonly exports: LstmKernel }).exports
}

/** A part of what Node has and its types do not say. */
function wasm(part: 'Module' | 'Instance'): new (...given: unknown[]) => unknown {
  const api: unknown = Reflect.get(globalThis, 'WebAssembly')
  return Reflect.get(api as object, part) as new (...given: unknown[]) => unknown
}

async function readIfThere(path: URL | string): Promise<Uint8Array | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  }
}

/** Several may do so at once, also in one process: each writes its own file, and the last name wins. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const own = `${path}.${randomUUID()}`
  await writeFile(own, bytes)
  await rename(own, path)
}
