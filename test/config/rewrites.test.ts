import { describe, expect, it } from 'vitest'
import { nodeRewrites } from '../../src/config-rewrites.ts'
import { readConfig } from '../../src/config.ts'
import { serveMonitoring } from '../support/monitoring.ts'

const RULES =
  '[{"match":"suffix","text":"-bmc","replace":""},{"match":"prefix","text":"ilo-","replace":"gpu-"}]'

const mistakesOf = (rules: unknown): readonly string[] => {
  const text = typeof rules === 'string' ? rules : JSON.stringify(rules)
  return nodeRewrites.safeParse(text).error?.issues.map(({ message }) => message) ?? []
}

describe('NODE_REWRITES', () => {
  const read = (environment: Record<string, string>) =>
    readConfig(
      {
        API_AUTH_USERNAME: 'monitor',
        API_AUTH_PASSWORD: 'long enough',
        PROMETHEUS_URL: 'http://prometheus:9090',
        ...environment,
      },
      { demo: false },
    ).identity

  it('are rules in their order, and none without it', () => {
    expect(read({}).rewrites).toEqual([])
    expect(read({ NODE_REWRITES: RULES }).rewrites).toEqual([
      { match: 'suffix', text: '-bmc', replace: '' },
      { match: 'prefix', text: 'ilo-', replace: 'gpu-' },
    ])
  })

  it('bring the watts of a BMC to the node that they are of', async () => {
    const members = {
      seoul: `
        kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
        kube_node_info{node="gpu-2",internal_ip="10.0.0.2"} 1
        ipmi_dcmi_power_consumption_watts{instance="gpu-1-bmc"} 700
        ipmi_dcmi_power_consumption_watts{instance="ILO-2.mgmt.example.org"} 300
      `,
    }
    const wattsBy = async (rewrites: string | undefined) => {
      const identity = read(rewrites === undefined ? {} : { NODE_REWRITES: rewrites })
      const { get, app } = await serveMonitoring(members, { identity })
      const { data, meta } = await get('/monitoring/power/infrastructure')
      await app.close()
      const codes = meta.warnings.map(({ code }: { code: string }) => code)
      return { watts: data.by_node.map((node: any) => [node.node, node.power_watts]), codes }
    }
    expect(await wattsBy(undefined)).toMatchObject({
      watts: [
        ['gpu-1', null],
        ['gpu-2', null],
      ],
      codes: expect.arrayContaining(['unmatched_names']),
    })
    // A host name with a domain may be a node without one.
    expect(await wattsBy(RULES)).toEqual({
      watts: [
        ['gpu-1', 700],
        ['gpu-2', 300],
      ],
      codes: expect.not.arrayContaining(['unmatched_names']),
    })
  })
})

describe('a mistake in NODE_REWRITES', () => {
  it.each([
    ['no JSON', '-bmc', /^must be a JSON list: \[\{"match"/],
    ['no list', { match: 'suffix', text: 'a', replace: '' }, /^must be a JSON list/],
    ['no rule', ['-bmc'], /^\[0\] must be \{"match":"suffix"/],
    [
      'a pattern',
      [{ match: 'part', text: '(a+)+$', replace: '' }],
      /^\[0\]\.text must be a part of a host name as it is/,
    ],
    [
      'a place that is none',
      [{ match: 'regex', text: 'a', replace: '' }],
      /^\[0\]\.match must be one of prefix, suffix, part$/,
    ],
    [
      'nothing to look for',
      [{ match: 'part', text: '', replace: 'b' }],
      /^\[0\]\.text must not be empty$/,
    ],
    ['nothing in its place', [{ match: 'part', text: 'a' }], /^\[0\]\.replace must be text$/],
    [
      'another field',
      [{ match: 'part', text: 'a', replace: '', flags: 'g' }],
      /^\[0\] flags: there is match, text and replace$/,
    ],
    ['no change', [{ match: 'part', text: 'a', replace: 'a' }], /^\[0\] changes nothing$/],
    [
      'too many',
      Array.from({ length: 101 }, () => ({ match: 'part', text: 'a', replace: '' })),
      /^must be at most 100 rules$/,
    ],
  ])('is told: %s', (_what, rules, message) => {
    const mistakes = mistakesOf(rules)
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(message)
  })

  it('does not hide the others', () => {
    expect(
      mistakesOf([
        { match: 'end', text: 'a', replace: '' },
        { match: 'part', text: '.*', replace: '' },
      ]),
    ).toHaveLength(2)
  })
})
