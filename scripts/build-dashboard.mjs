// Bundles the live page into dist, so that production needs no bundler: docs/decisions/0073.
import { mkdir, writeFile } from 'node:fs/promises'
import { bundleDashboard } from '../dist/http/dashboard-files.js'

const target = new URL('../dist/http/dashboard/', import.meta.url)
await mkdir(target, { recursive: true })
for (const [name, content] of Object.entries(await bundleDashboard()))
  await writeFile(new URL(name, target), content)
