import { sumKnown } from '../../analysis/power/sum.ts'
import type { Amounts } from '../../services/workloads/index.ts'

/** How often each of some names was found; 0 for one that was not. */
export function countsOf<Name extends string>(
  names: readonly NoInfer<Name>[],
  found: readonly Name[],
): Record<Name, number> {
  const counts = new Map<Name, number>(names.map((name) => [name, 0]))
  for (const name of found) counts.set(name, (counts.get(name) ?? 0) + 1)
  // The keys are the names.
  return Object.fromEntries(counts) as Record<Name, number>
}

/** Amounts of many things together. */
export function sumOfAmounts(all: readonly Amounts[]) {
  const resources = new Map<string, number>()
  for (const amounts of all)
    for (const [name, amount] of Object.entries(amounts.resources))
      resources.set(name, (resources.get(name) ?? 0) + amount)
  return {
    cpu_cores: sumKnown(all.map((amounts) => amounts.cpu_cores)),
    memory_mb: sumKnown(all.map((amounts) => amounts.memory_mb)),
    resources: Object.fromEntries(resources),
  }
}
