/** The cores that a label names: `3` is one, `0-3` are four; none when it cannot be read so. */
export function coresIn(label: string): readonly number[] {
  const [, from = '', to = from] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(label) ?? []
  if (from === '') return []
  const length = Math.max(0, Number(to) - Number(from) + 1)
  return Array.from({ length }, (_, step) => Number(from) + step)
}

/** What a row with a label of cores speaks of: one core, all of them (the device), or a part of them. */
export type Scope =
  | { readonly of: 'device' }
  | { readonly of: 'core'; readonly core: number }
  | { readonly of: 'range'; readonly range: string }

const DEVICE: Scope = { of: 'device' }

/** The scope of a label on a device that has these cores. */
export function scopeOf(label: string | undefined, all: ReadonlySet<number> | undefined): Scope {
  if (label === undefined) return DEVICE
  const cores = coresIn(label)
  const [core, second] = cores
  if (core === undefined) return DEVICE
  if (second === undefined) return { of: 'core', core }
  return cores.length >= (all?.size ?? 0) ? DEVICE : { of: 'range', range: label }
}
