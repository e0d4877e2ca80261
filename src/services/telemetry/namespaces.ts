import type { Entity } from '../../catalogue/entities.ts'
import type { Answer } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Ask } from './ask.ts'
import { passes } from './origins.ts'
import type { Question } from './question.ts'

/** The things of a namespace. A device may be held by several: what is measured of it is of all of them. */
const IN_NAMESPACES: ReadonlySet<Entity> = new Set(['pod', 'container', 'serving'])

/**
 * A question about some namespaces alone; null where it is about none of them. Rejects with `forbidden` what is about
 * things that are in no namespace.
 */
export function withinNamespaces<Asked extends Question>(
  question: Asked,
  namespaces: readonly string[],
): Asked | null {
  if (!IN_NAMESPACES.has(question.entity))
    throw new KCloudError('forbidden', {
      detail:
        'this is about things that are in no namespace: it takes a grant for all of a cluster',
    })
  const filter = question.where?.namespace
  const [first, ...rest] = namespaces.filter((name) => filter === undefined || passes(name, filter))
  if (first === undefined) return null
  return { ...question, where: { ...question.where, namespace: [first, ...rest] } }
}

/** Asks for all namespaces of the clusters, whoever asks. */
export const ofAllNamespaces =
  (ask: Ask): Ask =>
  <Row>(...[question, put]: Parameters<typeof ask<Row>>): Promise<Answer<Row>> =>
    ask(question, ({ namespaces: _, ...cluster }) => put(cluster))
