import type { Node } from './datacentre.ts'
import { fraction } from './hash.ts'
import { busyAt, busySeconds, type Lane } from './lane.ts'
import type { Span } from './spans.ts'

// What inference servers really do: as much as their pod is at work.

/** Whether the pods of a lane are inference servers that count tokens: those that serve on graphics cards. */
export const countsTokens = ({ kind, resource }: Lane): boolean =>
  kind === 'serving' && (resource?.name.startsWith('nvidia') ?? false)

/** The lanes of a node whose pods are inference servers. */
export const servingLanes = ({ lanes }: Node): readonly Lane[] => lanes.filter(countsTokens)

/** Tokens a second that a server writes at full work: between models by a factor of three. */
const fullRate = (lane: Lane): number =>
  (800 + 1600 * fraction(lane.seed, 41)) * (lane.resource?.amount ?? 1)

/** Tokens that a server reads for each that it writes. */
const PROMPTED_PER_GENERATED = 2.5

/** What the server on a lane has written over a stretch of time. */
export const generatedTokens = (lane: Lane, span: Span): number =>
  fullRate(lane) * busySeconds(lane, span)

/** What it has read. */
export const promptedTokens = (lane: Lane, span: Span): number =>
  PROMPTED_PER_GENERATED * generatedTokens(lane, span)

const TOKENS_PER_REQUEST = 320

/** The requests that it has answered. */
export const answeredRequests = (lane: Lane, span: Span): number =>
  generatedTokens(lane, span) / TOKENS_PER_REQUEST

/** The requests that it works on. */
export const runningRequests = (lane: Lane, seconds: number): number =>
  Math.round(64 * busyAt(lane, seconds))
