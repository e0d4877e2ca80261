import type { App } from '../http/app.ts'

/** A part of the API. It is mounted under its name: `accelerators` answers below `/api/v1/accelerators`. */
export interface Domain {
  readonly name: string
  /** Where below `/api/v1` its routes lie, if not below its name: empty for routes that name their own segment. */
  readonly path?: string
  /** Whether it lies at the root, without `/api/v1`: where clients of another system look for it. */
  readonly foreign?: boolean
  /** First segments below `/api/v1` that also answer at the root, without it: `cost` for `/cost/current`. */
  readonly atRoot?: readonly string[]
  routes(app: App): void
}
