import type { LstmModel } from '../../analysis/forecast/lstm/member.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { ForecastModelStore, StoredForecastModel, StoredVersion } from '../store/index.ts'
import {
  manifestSchema,
  type ArtifactPlace,
  type Manifest,
  type ReadArtifact,
} from './artifacts.ts'
import { modelIdOf, type AheadTarget, type Target } from './target.ts'

/** The trained models and which version of each serves. */
export interface Models {
  list(): Promise<readonly ModelInfo[]>
  /** Rejects with `not_found`. */
  one(id: string): Promise<ModelInfo>
  /** The version that was chosen to serve for a target; null where none was. */
  active(target: AheadTarget): Promise<number | null>
  /** The version that serves for a target; null where none does. */
  serving(target: AheadTarget): Promise<Serving | null>
  /** Lets a version serve. Rejects with `not_found`, and with `unprocessable` for one that cannot be read. */
  activate(id: string, version: number): Promise<ModelInfo>
  /** Lets the version before the active one serve. Rejects with `unprocessable` where there is none. */
  rollback(id: string): Promise<ModelInfo>
}

export interface VersionInfo {
  readonly version: number
  readonly status: StoredVersion['status'] | 'corrupt'
  readonly created_at: Date
  readonly manifest: Manifest | null
  /** Why it cannot serve; null where it can. */
  readonly problem: string | null
}

export interface ModelInfo {
  readonly id: string
  readonly target: Target
  /** What was chosen to serve; another version serves where this one cannot be read. */
  readonly active_version: number | null
  readonly serving_version: number | null
  readonly versions: readonly VersionInfo[]
}

export interface Serving {
  readonly id: string
  readonly version: number
  readonly manifest: Manifest
  readonly model: LstmModel | null
  /** The versions that should have served and could not, with the reason. */
  readonly refused: readonly string[]
}

interface Needs {
  readonly store: ForecastModelStore
  readonly place: ArtifactPlace
}

/** Models over a store and the place of their artifacts. */
export function createModels(needs: Needs): Models {
  const { store } = needs
  return {
    list: async () => await Promise.all((await store.list()).map((model) => infoOf(needs, model))),
    one: async (id) => await infoOf(needs, await stored(needs, id)),
    active: async (target) => (await store.find(modelIdOf(target)))?.active_version ?? null,
    async serving(target) {
      const found = await store.find(modelIdOf(target))
      return found === null ? null : await servingOf(needs, found)
    },
    async activate(id, number) {
      const { versions } = await stored(needs, id)
      const version = versions.find((each) => each.version === number)
      if (version === undefined)
        throw new KCloudError('not_found', { detail: `${id} has no version ${number}` })
      return await change(needs, version)
    },
    async rollback(id) {
      const { versions, active_version: active } = await stored(needs, id)
      const before = versions.findLast(
        ({ version, status }) => status === 'written' && version < (active ?? 0),
      )
      if (before === undefined)
        throw new KCloudError('unprocessable', {
          detail: `${id} has no version before the active one`,
        })
      return await change(needs, before)
    },
  }
}

async function infoOf({ store, place }: Needs, model: StoredForecastModel): Promise<ModelInfo> {
  const versions = await Promise.all(
    model.versions.map(async (version) => versionInfo(version, await readOf(place, version))),
  )
  const served = await servingOf({ store, place }, model)
  return {
    id: model.id,
    // Only we write it.
    target: JSON.parse(model.target) as Target,
    active_version: model.active_version,
    serving_version: served?.version ?? null,
    versions,
  }
}

async function stored({ store }: Needs, id: string): Promise<StoredForecastModel> {
  const found = await store.find(id)
  if (found === null)
    throw new KCloudError('not_found', { detail: `there is no model ${JSON.stringify(id)}` })
  return found
}

async function change(needs: Needs, version: StoredVersion): Promise<ModelInfo> {
  const { model_id: id, version: number } = version
  const read = await readOf(needs.place, version)
  if (read.problem !== null)
    throw new KCloudError('unprocessable', {
      detail: `version ${number} of ${id} cannot serve: ${read.problem}`,
    })
  await needs.store.activate(id, number)
  return await infoOf(needs, await stored(needs, id))
}

/** The active version, else the last one before it that can be read. */
async function servingOf({ place }: Needs, model: StoredForecastModel): Promise<Serving | null> {
  const { active_version: active, versions, id } = model
  if (active === null) return null
  const refused: string[] = []
  const candidates = versions.filter(
    ({ version, status }) => version === active || (version < active && status === 'written'),
  )
  for (const candidate of [...candidates].reverse()) {
    const read = await readOf(place, candidate)
    if (read.problem === null) {
      const { manifest, model: network } = read
      return { id, version: candidate.version, manifest, model: network, refused }
    }
    refused.push(`version ${candidate.version} of ${id} is refused: ${read.problem}`)
  }
  return null
}

async function readOf(place: ArtifactPlace, version: StoredVersion): Promise<ReadArtifact> {
  if (version.status === 'pending') return { problem: 'it was not written in full' }
  return await place.read(version.model_id, version.version, version.manifest)
}

function versionInfo(version: StoredVersion, read: ReadArtifact): VersionInfo {
  const { version: number, status, created_at: at } = version
  const known = manifestSchema.safeParse(JSON.parse(version.manifest))
  return {
    version: number,
    status: read.problem === null || status === 'pending' ? status : 'corrupt',
    created_at: at,
    manifest: known.success ? known.data : null,
    problem: read.problem,
  }
}
