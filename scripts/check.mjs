// Runs every gate and says which failed: all of them, so that one run shows everything that is to be done.
import { spawnSync } from 'node:child_process'

const gates = {
  types: ['tsc', '-p', '.'],
  page: ['tsc', '-p', 'web'],
  lint: ['eslint', '.'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  layers: ['depcruise', '--config', '.dependency-cruiser.mjs', 'src', 'web'],
  unused: ['knip'],
  generated: [process.execPath, '--import', 'tsx', 'scripts/generate-spec.ts', '--check'],
}

const failed = Object.entries(gates).filter(([name, [command = '', ...args]]) => {
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (status !== 0) console.log(`${stdout}${stderr}`)
  return status !== 0
})

if (failed.length > 0) {
  console.error(`Failed: ${failed.map(([name]) => name).join(', ')}`)
  process.exit(1)
}
