import { setTimeout } from 'node:timers/promises'
import { openStore } from '../../../src/services/store/index.ts'

// Saves clusters one after another and says each name once it is saved, until it is killed.
const [path = '', databaseUrl] = process.argv.slice(2)
const { clusters } = await openStore({ path, databaseUrl })
for (let i = 0; ; i += 1) {
  const name = `${process.pid}-${i}`
  const spec = { text: 'x'.repeat(1000) }
  await clusters.save({ name, spec, secrets: null, added_by: 'admin', added_at: new Date() })
  process.stdout.write(`${name}\n`)
  // SQLite's lock is not given out in turn: whoever takes it again at once leaves nothing for the others.
  await setTimeout(Math.random() * 5)
}
