import { readFile, writeFile } from 'node:fs/promises'
import { generatedFiles } from './generated-files.ts'

// Writes the generated files; with --check it only says which ones are not current.
const root = new URL('../', import.meta.url)
const check = process.argv.includes('--check')
const stale: string[] = []

for (const [path, text] of await generatedFiles()) {
  const file = new URL(path, root)
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known === text) continue
  stale.push(path)
  if (!check) await writeFile(file, text)
}

for (const path of stale) console.log(check ? `${path} is not current` : `wrote ${path}`)
if (check && stale.length > 0) {
  console.error('Run npm run spec and commit what it writes.')
  process.exit(1)
}
process.exit(0)
