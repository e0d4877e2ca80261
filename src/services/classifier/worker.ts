import { parentPort, workerData } from 'node:worker_threads'
import { learn, type Lesson } from './lesson.ts'

// What is learnt takes seconds of a processor, which the thread that answers requests does not have.
parentPort?.postMessage(learn(workerData as Lesson))
