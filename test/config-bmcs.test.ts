import { describe, expect, it } from 'vitest'
import { bmcNodes } from '../src/config-bmcs.ts'

describe('BMC_NODES', () => {
  it('names the nodes of BMCs for all clusters, and below the name of a cluster for that one', () => {
    expect(bmcNodes.parse('{"10.1.0.1":"gpu-1","busan":{"10.1.0.1":"gpu-9"}}')).toEqual([
      { cluster: null, bmc: '10.1.0.1', node: 'gpu-1' },
      { cluster: 'busan', bmc: '10.1.0.1', node: 'gpu-9' },
    ])
  })

  it.each(['[]', 'gpu-1', '{"10.1.0.1":5}', '{"10.1.0.1":""}', '{"a":{"b":{"c":"d"}}}'])(
    'refuses %s and says what is allowed',
    (text) => {
      expect(bmcNodes.safeParse(text).error?.issues[0]?.message).toContain('must be JSON')
    },
  )
})
