/** Whose power is forecast. */
export type Target =
  | { readonly kind: 'fleet' }
  | { readonly kind: 'cluster'; readonly cluster: string }
  | { readonly kind: 'node'; readonly cluster: string; readonly node: string }
  | {
      readonly kind: 'workload'
      readonly cluster: string
      readonly namespace: string
      readonly pod: string
    }

/** The name of the model of a target, as it stands in addresses. */
export function modelIdOf(target: Target): string {
  const [kind, ...names] = Object.values(target)
  return ['power', kind, ...names].map((part) => encodeURIComponent(String(part))).join('.')
}
