import type { PlacedController } from '../../analysis/workloads/controller.ts'

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

/** Also all pods of one controller: no model is trained for these, and what is fitted on the spot forecasts them. */
export type AheadTarget =
  Target | { readonly kind: 'controller'; readonly controller: PlacedController }

/** The name of the model of a target, as it stands in addresses. */
export function modelIdOf(target: AheadTarget): string {
  const [kind, ...names] =
    target.kind === 'controller'
      ? [target.kind, ...controllerNames(target.controller)]
      : Object.values(target)
  return ['power', kind, ...names].map((part) => encodeURIComponent(String(part))).join('.')
}

const controllerNames = ({ cluster, namespace, kind, name }: PlacedController) => [
  cluster,
  namespace,
  kind,
  name,
]
