import type { Guest } from './datacentre.ts'
import { FLAVORS, PROJECTS, type GuestPlan } from './guest-plans.ts'
import { hash, uuid } from './hash.ts'
import { occupanciesWithin, occupancyAt } from './lane.ts'
import { makeLane, type LaneMaker } from './lanes.ts'
import type { Span } from './spans.ts'

/** Where the machines of a hypervisor come from. `nodeOrder`: which node of its cluster it is. */
export interface GuestBlueprint {
  readonly plans: readonly GuestPlan[]
  readonly maker: LaneMaker
  readonly nodeOrder: number
}

/** Orders of lanes that no device and no pod of the node has. */
const FIRST_ORDER = 2000

/** The virtual machines of a hypervisor. */
export function buildGuests({ plans, maker, nodeOrder }: GuestBlueprint): readonly Guest[] {
  return plans.map(({ name, flavor, project, use }, index): Guest => {
    const number = 32 * nodeOrder + index + 1
    const { vcpus } = FLAVORS[flavor]
    return {
      uuid: uuid(hash(maker.nodeSeed, index, 31)),
      domain: `instance-${number.toString(16).padStart(8, '0')}`,
      name,
      flavor: FLAVORS[flavor],
      project: PROJECTS[project],
      address: `172.20.${nodeOrder}.${index + 10}`,
      lane:
        use === 'off'
          ? undefined
          : makeLane(maker, { kind: use, order: FIRST_ORDER + index, cores: vcpus }),
    }
  })
}

/** The time since which a machine runs; undefined while it is shut off. */
export function startedAt({ lane }: Guest, seconds: number): number | undefined {
  return lane === undefined ? undefined : occupancyAt(lane, seconds)?.from
}

/** When a machine runs, for some of a stretch of time, in order. */
export function runsWithin({ lane }: Guest, span: Span): readonly Span[] {
  return lane === undefined ? [] : occupanciesWithin(lane, span)
}
