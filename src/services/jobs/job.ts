import type { ExportJobState, JsonObject } from '../store/index.ts'

/** How far a job has come. */
export interface Progress {
  readonly points_done: number
  readonly points_total: number
  readonly rows: number
  readonly bytes: number
}

/** A file that was made, or why there is none. */
export type Outcome =
  | {
      readonly kind: 'file'
      readonly file_name: string
      readonly media_type: string
      readonly bytes: number
      readonly sha256: string
      /** Where the file comes from. */
      readonly manifest: object
    }
  | { readonly kind: 'problem'; readonly problem: string; readonly detail: string }

/** An export that is made for whoever comes back for it. */
export interface Job {
  readonly id: string
  readonly owner: string
  readonly question: JsonObject
  readonly state: ExportJobState
  readonly created_at: Date
  readonly updated_at: Date
  readonly expires_at: Date
  readonly progress: Progress
  readonly outcome: Outcome | null
}

/** A file in the making. */
export interface Making {
  readonly fileName: string
  readonly mediaType: string
  readonly bytes: AsyncIterable<Uint8Array>
  /** Of what is out so far. */
  progress(): Pick<Progress, 'points_done' | 'points_total' | 'rows'>
  /** Of the whole file. */
  end(): { readonly manifest: object; readonly sha256: string }
}

/** Makes the file of a question; rejects with what the job then fails with. */
export type Make = (
  job: Pick<Job, 'id' | 'owner' | 'question'>,
  signal: AbortSignal,
) => Promise<Making>

export interface JobLimits {
  /** How many are made at the same time by this server. */
  readonly concurrent: number
  /** How many there may be, whatever their state. */
  readonly most: number
  /** What their files may take on the disk together. */
  readonly spoolBytes: number
  /** How long a file can be fetched. */
  readonly expirySeconds: number
}
