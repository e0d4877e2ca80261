// Compiles the kernel of the LSTM into dist, so that production needs no compiler: docs/decisions/0047.
import { readFile, writeFile } from 'node:fs/promises'
import { compileKernel } from '../dist/services/forecast/kernel.js'

const source = await readFile(new URL('../wasm/lstm.ts', import.meta.url), 'utf8')
const target = new URL('../dist/services/forecast/lstm.wasm', import.meta.url)
await writeFile(target, await compileKernel(source))
