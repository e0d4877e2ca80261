import { setTimeout } from 'node:timers/promises'
import { dailyWatts, historicFleet, startForecasts } from '../../support/forecasts.ts'

// Orders a training and a batch, and says how far both are, until it is killed.
const [path = ''] = process.argv.slice(2)
const { forecasts } = await startForecasts(historicFleet(dailyWatts), {
  place: { path },
  // Long enough to be killed in the middle.
  settings: { sequence: 48, hidden: 32, mostEpochs: 40, patience: 40 },
})
const by = { user: 'tester', at: new Date() }
const training = await forecasts.jobs.retrain({ kind: 'fleet' }, by)
const values = Array.from({ length: 200 }, (_, hour) => dailyWatts(new Date(hour * 3_600_000)))
const history = { power_watts: values, step_seconds: 3600, end: '2026-11-20T00:00:00Z' }
const batch = await forecasts.jobs.batch(
  Array.from({ length: 12 }, (_, at) => ({ workload_id: `item-${at}`, history })),
  by,
)
process.stdout.write(`ids ${training.id} ${batch.id}\n`)
for (;;) {
  const { state } = await forecasts.jobs.one('training', training.id)
  const done = (await forecasts.jobs.items(batch.id)).filter(({ result }) => result !== null).length
  process.stdout.write(`${state} ${done}\n`)
  await setTimeout(50)
}
