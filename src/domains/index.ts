import { accelerators } from './accelerators/index.ts'
import { alerts } from './alerts/index.ts'
import { access } from './access/index.ts'
import { analyzer } from './analyzer/index.ts'
import { clusters } from './clusters/index.ts'
import { cost } from './cost/index.ts'
import type { Domain } from './domain.ts'
import { exporting } from './export/index.ts'
import { grafana } from './grafana/index.ts'
import { hardware } from './hardware/index.ts'
import { infrastructure } from './infrastructure/index.ts'
import { models } from './models/index.ts'
import { monitoring } from './monitoring/index.ts'
import { power } from './power/index.ts'
import { prometheus } from './prometheus/index.ts'
import { profile } from './profile/index.ts'
import { predict } from './predict/index.ts'
import { scaling } from './scaling/index.ts'
import { system } from './system/index.ts'

type Needs = Parameters<typeof accelerators>[0] &
  Parameters<typeof alerts>[0] &
  Parameters<typeof access>[0] &
  Parameters<typeof analyzer>[0] &
  Parameters<typeof clusters>[0] &
  Parameters<typeof cost>[0] &
  Parameters<typeof exporting>[0] &
  Parameters<typeof grafana>[0] &
  Parameters<typeof hardware>[0] &
  Parameters<typeof infrastructure>[0] &
  Parameters<typeof models>[0] &
  Parameters<typeof monitoring>[0] &
  Parameters<typeof power>[0] &
  Parameters<typeof prometheus>[0] &
  Parameters<typeof profile>[0] &
  Parameters<typeof predict>[0] &
  Parameters<typeof scaling>[0] &
  Parameters<typeof system>[0]

const DOMAINS = {
  accelerators,
  alerts,
  access,
  analyzer,
  clusters,
  cost,
  export: exporting,
  grafana,
  hardware,
  infrastructure,
  models,
  monitoring,
  power,
  prometheus,
  profile,
  predict,
  scaling,
  system,
} as const satisfies Readonly<Record<string, (needs: Needs) => Domain>>

/** The domains by name, which is also their place below `/api/v1`. */
export const DOMAIN_NAMES = Object.keys(DOMAINS)

/** Every domain of the API, with what it needs. */
export function createDomains(needs: Needs): readonly Domain[] {
  return Object.values(DOMAINS).map((domain) => domain(needs))
}
