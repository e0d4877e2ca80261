import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { endianness } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { LstmModel } from '../../analysis/forecast/lstm/member.ts'
import type { ForecastModelStore } from '../store/index.ts'

/** What is written beside the weights of a version. */
export const manifestSchema = z.object({
  format_version: z.literal(1),
  kind: z.literal('power_forecast'),
  model_id: z.string(),
  job_id: z.string(),
  step_seconds: z.number(),
  horizon: z.number(),
  rung: z.string(),
  /** Null where the history is too short for a network: then the weights are empty. */
  lstm: z
    .object({
      sequence: z.number(),
      features: z.number(),
      hidden: z.number(),
      outputs: z.number(),
      mean: z.number(),
      deviation: z.number(),
      seed: z.number(),
      epochs: z.number(),
      best_epoch: z.number().nullable(),
      /** What it reads beside the watts; nothing where it is not said. */
      inputs: z
        .array(z.object({ name: z.string(), mean: z.number(), deviation: z.number() }))
        .default([]),
    })
    .nullable(),
  training: z.object({
    start: z.string(),
    end: z.string(),
    points: z.number(),
    filled_points: z.number(),
    seconds: z.number(),
    data_sha256: z.string(),
  }),
  metrics: z.unknown(),
  gate: z.object({ passed: z.boolean(), reason: z.string() }),
  /** Of the weights, little-endian 32-bit floating point numbers. */
  weights_sha256: z.string(),
})
export type Manifest = z.output<typeof manifestSchema>

/** A version as it was read back, or why it cannot be used. */
export type ReadArtifact =
  | { readonly manifest: Manifest; readonly model: LstmModel | null; readonly problem: null }
  | { readonly problem: string }

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex')

/** Weights as they lie in an artifact. */
export function weightBytes(weights: Float32Array): Buffer {
  const bytes = Buffer.alloc(weights.length * 4)
  for (const [at, weight] of weights.entries()) bytes.writeFloatLE(weight, at * 4)
  return bytes
}

/** Where artifacts lie: in the state store, or in a directory for each version. */
export interface ArtifactPlace {
  /** What of the weights the store has to keep. */
  readonly keptInStore: boolean
  write(modelId: string, version: number, artifact: WrittenArtifact): Promise<void>
  read(modelId: string, version: number, manifest: string): Promise<ReadArtifact>
  remove(modelId: string, version: number): Promise<void>
}

interface WrittenArtifact {
  readonly manifest: string
  readonly weights: Uint8Array
}

/** The state store keeps them. */
export function artifactsInStore(store: Pick<ForecastModelStore, 'weights'>): ArtifactPlace {
  return {
    keptInStore: true,
    write: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    async read(modelId, version, manifest) {
      const weights = await store.weights(modelId, version)
      return artifactOf(manifest, Buffer.from(weights ?? '', 'base64'))
    },
  }
}

/** Directories `<model>/<version>` with `manifest.json`, `weights.bin` and the digests of both. */
export function artifactsIn(path: string): ArtifactPlace {
  const place = (modelId: string, version: number): string => join(path, modelId, `v${version}`)
  return {
    keptInStore: false,
    async write(modelId, version, { manifest, weights }) {
      const target = place(modelId, version)
      const draft = `${target}.draft-${process.pid}`
      await rm(draft, { recursive: true, force: true })
      await mkdir(draft, { recursive: true })
      await writeFile(join(draft, 'manifest.json'), manifest)
      await writeFile(join(draft, 'weights.bin'), weights)
      const digests = `${sha256(manifest)}  manifest.json\n${sha256(weights)}  weights.bin\n`
      await writeFile(join(draft, 'sha256sums'), digests)
      await rm(target, { recursive: true, force: true })
      await rename(draft, target)
    },
    remove: (modelId, version) => rm(place(modelId, version), { recursive: true, force: true }),
    async read(modelId, version) {
      const directory = place(modelId, version)
      try {
        const manifest = await readFile(join(directory, 'manifest.json'), 'utf8')
        const digests = await readFile(join(directory, 'sha256sums'), 'utf8')
        if (!digests.startsWith(`${sha256(manifest)}  `))
          return { problem: 'its manifest.json does not have the digest that was written' }
        return artifactOf(manifest, await readFile(join(directory, 'weights.bin')))
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === undefined) throw error
        return { problem: `its files cannot be read (${code})` }
      }
    },
  }
}

function artifactOf(text: string, bytes: Buffer): ReadArtifact {
  const read = manifestSchema.safeParse(parsed(text))
  if (!read.success) return { problem: 'its manifest is not of a version that this program knows' }
  const manifest = read.data
  if (sha256(bytes) !== manifest.weights_sha256)
    return { problem: 'its weights do not have the digest that its manifest names' }
  return { manifest, model: modelOf(manifest, bytes), problem: null }
}

function modelOf({ lstm }: Manifest, bytes: Buffer): LstmModel | null {
  if (lstm === null) return null
  const { mean, deviation, sequence, features, hidden, outputs, inputs } = lstm
  return {
    shape: { sequence, features, hidden, outputs },
    mean,
    deviation,
    weights: weightsIn(bytes),
    features: inputs,
  }
}

const IS_LITTLE = endianness() === 'LE'

/** As they lie there, where the processor has the same order of bytes: each forecast reads them. */
function weightsIn(bytes: Buffer): Float32Array {
  if (IS_LITTLE) return new Float32Array(Uint8Array.from(bytes).buffer)
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
