import type { IdlePolicy } from './input.ts'
import { apportion, sumOf } from './sum.ts'

/** What one user takes of a component: the watts it is active with, and the share that it reserved, 0–1. */
export interface Claim {
  readonly watts: number
  readonly reserved: number
}

export interface ShareOut {
  /** In the order of the claims. */
  readonly watts: readonly number[]
  /** What nobody pays for. */
  readonly idle: number
  /** By how much the claims exceed the component; they are scaled down to it. 0 when they fit. */
  readonly excess: number
}

/**
 * The watts of a component among its users, who never get more than it has. `separate`: each what it claims, the
 * rest is idle. `proportional`: the rest too, by claims. `reserved`: the rest by reservations, what is not
 * reserved stays idle. The watts and the idle part add up to `total`.
 */
export function shareOut(total: number, claims: readonly Claim[], policy: IdlePolicy): ShareOut {
  const claimed = sumOf(claims.map(({ watts }) => watts))
  const scale = claimed > total ? total / claimed : 1
  const active = claims.map(({ watts }) => watts * scale)
  const rest = Math.max(0, total - sumOf(active))
  const extra = extraOf(rest, { claims, active, policy })
  return {
    watts: active.map((own, index) => own + (extra?.watts[index] ?? 0)),
    idle: extra === null ? rest : extra.idle,
    excess: Math.max(0, claimed - total),
  }
}

interface Rest {
  readonly claims: readonly Claim[]
  readonly active: readonly number[]
  readonly policy: IdlePolicy
}

/** How the watts that nobody is active with are paid for; null when they all stay idle. */
function extraOf(
  rest: number,
  { claims, active, policy }: Rest,
): Pick<ShareOut, 'watts' | 'idle'> | null {
  if (policy === 'separate') return null
  if (policy === 'proportional') {
    const watts = apportion(rest, active)
    return watts === null ? null : { watts, idle: 0 }
  }
  const reserved = claims.map((claim) => claim.reserved)
  const whole = Math.max(1, sumOf(reserved))
  const watts = reserved.map((share) => rest * (share / whole))
  return { watts, idle: Math.max(0, rest - sumOf(watts)) }
}
