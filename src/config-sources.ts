import { z } from 'zod'
import type { SourceSpec } from './catalogue/source.ts'
import { SOURCES } from './catalogue/sources/index.ts'
import { definition, type Definition } from './config-definitions.ts'
import { readJsonFile, type Complain } from './config-json.ts'

/**
 * The built-in sources with those of a JSON file: a list of definitions with the fields of `SourceSpec`. One that
 * `overrides` takes the place of the built-in source of its name; another stands before the source that it names in
 * `before`, or behind all. Every mistake is told with its place in the file, and then nothing is read.
 */
export function readSources(file: string, complain: Complain): readonly SourceSpec[] {
  const read = readJsonFile(file, definitions, complain)
  if (read === undefined) return SOURCES
  const mistakes = read.flatMap((source, place) => misplaced(read, source, place))
  mistakes.forEach(complain)
  return mistakes.length > 0 ? SOURCES : read.reduce(withSource, SOURCES)
}

const definitions = z.array(definition, 'must be a list of sources')

/** The meter of the site is set by a setting of its own. */
const RESERVED = 'facility_meter'

/** What no definition says by itself: that names are given once, and that a place is there. */
function misplaced(
  all: readonly Definition[],
  source: Definition,
  place: number,
): readonly string[] {
  const above = all.slice(0, place).map(({ name }) => name)
  return [...misnamed(source, above), ...nowhere(source, above)].map(
    (mistake) => `[${place}].${mistake}`,
  )
}

function misnamed({ name, overrides }: Definition, above: readonly string[]): readonly string[] {
  const builtIn = SOURCES.some((source) => source.name === name)
  if (above.includes(name)) return [`name ${name} stands in this file already`]
  if (name === RESERVED) return [`name ${name} is that of FACILITY_POWER_METRIC`]
  if (builtIn && overrides === undefined)
    return [`name ${name} is a built-in source: take another, or set "overrides": true`]
  return !builtIn && overrides === true ? [`overrides needs a built-in source called ${name}`] : []
}

function nowhere({ name, before }: Definition, above: readonly string[]): readonly string[] {
  if (before === undefined) return []
  const isThere = above.includes(before) || SOURCES.some((source) => source.name === before)
  return isThere && before !== name
    ? []
    : [`before must name another source that is built in or above in this file, not ${before}`]
}

/** The list with one source more, or another one in its place. */
function withSource(
  sources: readonly SourceSpec[],
  { before, overrides: _, ...source }: Definition,
): readonly SourceSpec[] {
  const others = sources.filter(({ name }) => name !== source.name)
  const same = sources.findIndex(({ name }) => name === source.name)
  const next = others.findIndex(({ name }) => name === before)
  const place = next >= 0 ? next : same >= 0 ? same : others.length
  return others.toSpliced(place, 0, source)
}
