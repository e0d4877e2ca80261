import { composeReaders } from '../compose-check.ts'
import { configOrExit } from '../serve.ts'
import { createClassifier } from '../services/classifier/index.ts'
import { openStore } from '../services/store/index.ts'

/** Trains the classifier once on the labels of the site, keeps the version, and says what became of it. */
async function trainOnce(): Promise<boolean> {
  const config = configOrExit({ demo: process.argv.includes('--demo') })
  const store = await openStore(config.state)
  const readers = composeReaders(config)
  const classifier = createClassifier({
    ...readers,
    models: store.models,
    windows: config.workloads.trainingHours,
    intervalSeconds: 0,
    now: () => new Date(),
    onTraining: () => undefined,
  })
  try {
    const { model, reason, windows } = await classifier.train(new AbortController().signal)
    const told = {
      version: model?.version ?? null,
      active: model?.is_active ?? false,
      reason,
      windows,
      scores: model?.scores ?? null,
    }
    process.stdout.write(`${JSON.stringify(told, null, 2)}\n`)
    return model !== null
  } finally {
    await classifier.close()
    await readers.close()
    await store.close()
  }
}

process.exitCode = (await trainOnce()) ? 0 : 1
