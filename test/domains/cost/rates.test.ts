import { afterEach, describe, expect, it } from 'vitest'
import {
  contractWith,
  exact,
  serveCost,
  type CostApp,
  type CostOptions,
} from '../../support/cost.ts'

const NODE = `
  kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
  ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 1000
`
/** 100 won a kWh and 6490 won a kW and month, by the highest of a year; July's was 900 kW. */
const tariffs = contractWith({
  currency: 'KRW',
  price: '100',
  demand: {
    price_per_kw: '6490',
    ratchet_months: 12,
    ratchet_of: [1, 2, 7, 8, 9, 12],
    known_peaks: { '2026-07': 900 },
  },
})
const FACILITY = { model: 'facility', currency: 'KRW', tariffs, carbonPrice: exact('0') } as const

let served: CostApp | undefined
afterEach(async () => served?.app.close())
const serve = async (options: CostOptions) => (served = await serveCost({ seoul: NODE }, options))

describe('the demand charge', () => {
  it('is in the cost of a window, for its part of the month, by the highest of the year', async () => {
    const { get } = await serve({ rates: FACILITY })
    const { status, data, meta } = await get('/cost/hourly?period=1h')
    expect(status).toBe(200)
    // An hour of the 720 of November.
    expect(data.total.cost_terms.demand).toBeCloseTo((900 * 6490) / 720, 5)
    expect(data.total.cost_terms.electricity).toBeCloseTo(1.3 * 100, 5)
    expect(data.rates[0].demand).toEqual([
      {
        month: '2026-11',
        billed_kilowatts: 900,
        set_in: '2026-07',
        measured_kilowatts: 1.3,
        measured_coverage: 1,
        month_share: expect.closeTo(1 / 720, 12) as number,
        cost: expect.closeTo((900 * 6490) / 720, 5) as number,
      },
    ])
    expect(meta.warnings).toEqual([])
  })

  it('is said not to be told by steps that are longer than what it is measured over', async () => {
    const { get } = await serve({ rates: FACILITY })
    const { meta } = await get('/cost/hourly?period=2h&step=1h')
    expect(meta.warnings).toContainEqual(
      expect.objectContaining({
        code: 'rates_missing',
        detail: expect.stringContaining('step=15m') as string,
      }),
    )
  })
})

describe('a window that is too much work', () => {
  it.each(['/cost/hourly', '/cost/workload/x', '/cost/focus', '/allocation?window=1h'])(
    'is refused by %s with how much it would be, and what would be less',
    async (path) => {
      const { app } = await serve({ mostCharges: 20 })
      const window = path.includes('?') ? '&resolution=1m' : '?period=1h&step=1m'
      const reply = await app.get(`/api/v1${path}${window}`)
      expect(reply.statusCode).toBe(413)
      const problem = JSON.parse(reply.body)
      expect(problem.type).toBe('/problems/too_large')
      expect(problem.detail).toMatch(/about \d+ shares .* at most 20 are: a step of \d+m/)
    },
  )
})
