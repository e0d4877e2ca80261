import { readFileSync } from 'node:fs'

/** What runs here. Commit and date come from the build; null where it did not say. */
export interface Version {
  readonly version: string
  readonly commit: string | null
  readonly built_at: Date | null
  readonly node: string
}

/** Reads the package's version and what the build wrote into `BUILD_COMMIT` and `BUILD_DATE`. */
export function readVersion(environment: Readonly<Record<string, string | undefined>>): Version {
  const manifest = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { readonly version: string }
  return {
    version: manifest.version,
    commit: textOf(environment['BUILD_COMMIT']),
    built_at: dateOf(environment['BUILD_DATE']),
    node: process.versions.node,
  }
}

function textOf(value: string | undefined): string | null {
  return value !== undefined && /^[A-Za-z0-9._-]{1,100}$/.test(value) ? value : null
}

function dateOf(value: string | undefined): Date | null {
  const time = new Date(value ?? Number.NaN)
  return Number.isNaN(time.getTime()) ? null : time
}
