import type { ClusterFindings, FoundSource } from './findings.ts'
import { table } from './table.ts'

/** What was found in a cluster, for people. */
export function findingsText(found: ClusterFindings): string {
  const blocks = [
    headOf(found),
    sourcesText(found.sources),
    nodesText(found),
    namesText(found),
    listText(
      'Warnings',
      found.warnings.map(({ code, detail }) => `${code}: ${detail}`),
    ),
    listText('What to do', found.advice),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function headOf({ cluster, status, version, response_time_ms: took }: ClusterFindings): string {
  const facts = [version, took === null ? null : `${took.toFixed(0)} ms`]
  const known = facts.filter((fact) => fact !== null)
  return `${cluster}: ${status}${known.length === 0 ? '' : ` (${known.join(', ')})`}`
}

function sourcesText(sources: readonly FoundSource[]): string {
  if (sources.length === 0) return ''
  const rows = sources.map(({ source, entity, things, measures, missing }) => [
    `  ${source}`,
    `${things} × ${entity}`,
    `${measures.length} of ${measures.length + missing.length} measures`,
    missing.length === 0 ? '' : `without ${missing.join(', ')}`,
  ])
  return `  Sources\n${table(rows.map((row) => [`  ${row[0] ?? ''}`, ...row.slice(1)]))}`
}

function nodesText({ nodes }: ClusterFindings): string {
  if (nodes === null) return ''
  const { known, measured, estimated } = nodes
  return `  Nodes: ${known} known, ${measured} with a meter, ${estimated} estimated`
}

const MOST_NAMES = 20

function namesText({ unmatched_names: names }: ClusterFindings): string {
  const lines = names.slice(0, MOST_NAMES).map(({ source, name, reason, candidates }) => {
    const among = candidates.length === 0 ? '' : ` (${candidates.join(', ')})`
    return `${name} of ${source}: ${reason}${among}`
  })
  const more = names.length > MOST_NAMES ? [`… and ${names.length - MOST_NAMES} more`] : []
  return listText('Names that are no node', [...lines, ...more])
}

function listText(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `  ${title}\n${lines.map((line) => `    ${line}`).join('\n')}`
}
