import { RULES, type Decision, type Known } from './decision.ts'

/** A decision in words, with the figures that it rests on. */
export function reasonFor(made: Omit<Decision, 'reason'>, known: Known): string {
  return `${RULES[made.rule]} (${figures(known)})${consequence(made)}`
}

function figures({ now, power, ahead, each }: Known): string {
  const expected = ahead > power ? `, ${watts(ahead)} expected` : ''
  const one = each === null ? '' : `, ${watts(each)} a replica`
  return `${watts(power)}${expected} of ${watts(now.budget)}, thresholds ${watts(now.lower)} and ${watts(now.upper)}${one}`
}

function consequence({
  action,
  current_replicas: from,
  desired_replicas: to,
}: Omit<Decision, 'reason'>): string {
  if (action === 'hold') return ''
  return `: from ${String(from)} to ${String(to)} replicas`
}

/** So many figures that small budgets can be told apart too. */
const watts = (value: number): string =>
  `${value < 100 ? Number(value.toPrecision(3)) : Math.round(value)} W`
