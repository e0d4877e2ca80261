import type { BenchResult } from './result.ts'

/** `npm run bench` runs every measurement; `npm run bench cached-list` only the named ones. */
const BENCHES: Readonly<Record<string, () => Promise<{ run(): Promise<BenchResult> }>>> = {
  'cached-list': () => import('./cached-list.ts'),
  'uncached-list': () => import('./uncached-list.ts'),
  export: () => import('./export.ts'),
  report: () => import('./report.ts'),
  'large-answer': () => import('./large-answer.ts'),
  streams: () => import('./streams.ts'),
  'large-cluster': () => import('./large-cluster.ts'),
  'fan-out': () => import('./fan-out.ts'),
  forecast: () => import('./forecast.ts'),
  cost: () => import('./cost.ts'),
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name))
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`)
  process.exit(2)
}

const results: BenchResult[] = []
for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
  const bench = await BENCHES[name]?.()
  if (bench === undefined) continue
  const result = await bench.run()
  for (const line of [result.name, ...result.lines.map((text) => `  ${text}`)]) console.log(line)
  results.push(result)
}

for (const { name, pass } of results) console.log(`${pass ? 'kept  ' : 'MISSED'} ${name}`)
process.exit(results.every(({ pass }) => pass) ? 0 : 1)
