import { hardware } from '../../../src/domains/hardware/index.ts'
import type { BmcOfNode } from '../../../src/analysis/identity/resolver.ts'
import { createFleet, type FleetMember } from '../../support/fleet.ts'
import { createTestApp, fakeClock, type GetOptions } from '../../support/test-app.ts'

/** What these tests read of an answer or a problem. */
export interface Body {
  readonly data: any
  readonly meta: {
    readonly status: string
    readonly clusters: readonly { name: string; status: string }[]
    readonly warnings: readonly { code: string; cluster?: string; detail: string }[]
    readonly page?: { total: number; limit: number; offset: number }
  }
  readonly detail: string
  readonly candidates: readonly string[]
  readonly errors: readonly { pointer: string; detail: string }[]
}

/** A server with the domain hardware over clusters made of text. */
export async function serveHardware(
  members: Readonly<Record<string, FleetMember>>,
  bmcNodes: readonly BmcOfNode[] = [],
) {
  const clock = fakeClock()
  const fleet = createFleet(members, clock.now)
  const app = await createTestApp(
    [hardware({ telemetry: fleet.telemetry, identity: { bmcs: bmcNodes, rewrites: [] } })],
    { clock },
  )
  return {
    fleet,
    clock,
    close: () => app.close(),
    get: async (url: string, options?: GetOptions) => {
      const response = await app.get(`/api/v1/hardware/ipmi${url}`, options)
      return { status: response.statusCode, ...(JSON.parse(response.body) as Body) }
    },
  }
}

/** The samples of an exporter as the target of one BMC. */
export function ofBmc(bmc: string, text: string, more = ''): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', inner = '', value = ''] =
        /^([\w:]+)(?:\{(.*)\})?\s+(\S+(?:\s+#.*)?)$/.exec(line) ?? []
      const labels = [inner, `job="ipmi"`, `instance="${bmc}"`, more].filter((part) => part !== '')
      return `${name}{${labels.join(',')}} ${value}`
    })
    .join('\n')
}
