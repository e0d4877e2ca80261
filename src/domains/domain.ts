import type { App } from '../http/app.ts'

/** A part of the API. It is mounted under its name: `accelerators` answers below `/api/v1/accelerators`. */
export interface Domain {
  readonly name: string
  routes(app: App): void
}
