import type { Answer } from '../../kernel/answer.ts'
import type { Ask } from './ask.ts'
import { passes } from './origins.ts'
import type { Question } from './question.ts'

/** A question about some namespaces alone; null where it is about none of them. */
export function withinNamespaces<Asked extends Question>(
  question: Asked,
  namespaces: readonly string[],
): Asked | null {
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
