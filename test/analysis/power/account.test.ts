import { describe, expect, it } from 'vitest'
import { accountPower } from '../../../src/analysis/power/account.ts'
import { attributePower } from '../../../src/analysis/power/attribution.ts'
import { breakDown } from '../../../src/analysis/power/breakdown.ts'
import type { BreakdownBy } from '../../../src/analysis/power/figures.ts'
import { warningsOf } from '../../../src/analysis/power/findings.ts'
import type { PowerInput, WorkloadUse } from '../../../src/analysis/power/input.ts'
import { wholeWorkload } from '../../../src/analysis/power/shares.ts'
import { powerOfWorkloads } from '../../../src/analysis/power/workload-power.ts'
import { board, instance, nodeReading, pod, share, use, zone } from './rows.ts'

const account = (input: Partial<PowerInput>) =>
  accountPower({ nodes: [], readings: [], components: [], boards: [], ...input })
const nodeOf = (input: Partial<PowerInput>) => account(input).by_node[0]

describe('the total of a node', () => {
  it('is the most trusted reading, and the others are kept beside it', () => {
    const node = nodeOf({
      readings: [
        nodeReading('kepler_platform', 990),
        nodeReading('redfish', 1010),
        nodeReading('dcmi', 1000),
        nodeReading('ipmi_sensor', 1005),
      ],
    })
    expect(node).toMatchObject({
      power_watts: 1000,
      source: 'dcmi',
      method: 'measured',
      alternatives: [
        { source: 'redfish', power_watts: 1010, ratio: 1.01 },
        { source: 'ipmi_sensor', power_watts: 1005, ratio: 1.005 },
        { source: 'kepler_platform', power_watts: 990, ratio: 0.99 },
      ],
    })
  })

  it('is the sum of its supplies’ inputs, each once, and none of them when one cannot be read', () => {
    const supply = (part: string, watts: number) => nodeReading('psu_input', watts, { part })
    expect(
      nodeOf({ readings: [supply('1', 300), supply('2', 0), supply('1', 300)] }),
    ).toMatchObject({
      power_watts: 300,
      source: 'psu_input',
    })
    const broken = account({ readings: [supply('1', 300), supply('2', Number.NaN)] })
    expect(broken.by_node[0]?.power_watts).toBeNull()
    expect(warningsOf(broken.findings)).toEqual([
      {
        code: 'implausible_values',
        cluster: 'seoul',
        detail: '1 value left out: psu_input 2 of gpu-1 reads NaN W',
      },
    ])
  })

  it('by supplies’ outputs alone is estimated: their loss is missing', () => {
    const readings = [nodeReading('psu_output', 900)]
    expect(account({ readings })).toMatchObject({
      total_power_watts: 900,
      coverage: 0,
      nodes: { known: 1, measured: 0, estimated: 1 },
    })
  })

  it('is never 0 W because a BMC cannot measure, but is when the chassis is off', () => {
    expect(nodeOf({ readings: [nodeReading('dcmi', 0)] })).toMatchObject({ power_watts: null })
    expect(nodeOf({ readings: [nodeReading('dcmi', 0, { powered: false })] })).toMatchObject({
      power_watts: 0,
      method: 'measured',
    })
  })

  it('skips a reading that its parts disprove, and says so', () => {
    const { by_node: nodes, findings } = account({
      readings: [nodeReading('dcmi', 300), nodeReading('redfish', 3000)],
      boards: [board('GPU-1', 1200), board('GPU-2', 1200)],
    })
    expect(nodes[0]).toMatchObject({ power_watts: 3000, source: 'redfish', method: 'measured' })
    expect(findings).toMatchObject([{ code: 'inconsistent_sources', size_watts: 2100 }])
  })

  it('is at least its parts: a little less is a lag, `other` is 0 and the disagreement is told', () => {
    const {
      total_power_watts: total,
      by_node: nodes,
      findings,
    } = account({
      readings: [nodeReading('dcmi', 2350)],
      boards: [board('GPU-1', 1200), board('GPU-2', 1200)],
    })
    expect(total).toBe(2400)
    expect(nodes[0]).toMatchObject({
      method: 'measured',
      source: 'dcmi',
      disagreement_watts: 50,
      parts: { gpu_watts: 2400, other_watts: 0 },
    })
    expect(findings).toMatchObject([{ code: 'inconsistent_sources', size_watts: 50 }])
  })

  it('is the sum of its parts, estimated, when they disprove every reading', () => {
    expect(
      nodeOf({ readings: [nodeReading('dcmi', 1000)], boards: [board('GPU-1', 1500)] }),
    ).toMatchObject({
      power_watts: 1500,
      source: 'components',
      method: 'estimated',
      disagreement_watts: 500,
      alternatives: [{ source: 'dcmi', power_watts: 1000, ratio: 2 / 3 }],
      parts: { gpu_watts: 1500, other_watts: 0 },
    })
  })

  it('tells of meters that are far apart', () => {
    const readings = [nodeReading('dcmi', 1000), nodeReading('redfish', 500)]
    expect(account({ readings }).findings).toMatchObject([{ size_watts: 500 }])
  })

  it('is estimated from CPU, DRAM, boards and what else is known, a lower bound', () => {
    expect(
      nodeOf({
        components: [zone('package', 90), zone('dram', 15), zone('other', 20)],
        boards: [board('GPU-1', 300), board('NPU-1', 50, { kind: 'npu', vendor: 'furiosa' })],
      }),
    ).toMatchObject({
      power_watts: 475,
      method: 'estimated',
      source: 'components',
      parts: { cpu_watts: 90, dram_watts: 15, gpu_watts: 300, npu_watts: 50, other_watts: 20 },
    })
  })

  it('does not exist with boards alone, which are counted by themselves', () => {
    const told = account({
      nodes: [
        { cluster: 'seoul', node: 'gpu-1' },
        { cluster: 'seoul', node: 'gpu-2' },
      ],
      boards: [board('GPU-1', 300), board('GPU-2', 200, { node: null })],
    })
    expect(told).toMatchObject({
      total_power_watts: 500,
      coverage: 0,
      nodes: { known: 2, measured: 0, estimated: 0 },
      parts: { gpu_watts: 500, other_watts: null },
    })
    expect(told.by_node[0]).toMatchObject({ power_watts: null, method: null })
  })

  it('adds the sockets of a zone, and takes each zone from one source', () => {
    const socket = (source: string, part: string | null, watts: number) =>
      zone('package', watts, { source, part })
    const components = [
      socket('node_exporter', '0', 50),
      socket('node_exporter', '1', 41),
      socket('kepler', null, 90),
    ]
    expect(nodeOf({ components })?.parts.cpu_watts).toBe(90)
    expect(nodeOf({ components: components.slice(0, 2) })?.parts.cpu_watts).toBe(91)
  })

  it('is null and not 0 where nothing is read', () => {
    const nodes = [{ cluster: 'seoul', node: 'gpu-1' }]
    expect(account({ nodes })).toMatchObject({ total_power_watts: null, coverage: 0 })
    expect(account({})).toMatchObject({ total_power_watts: null, coverage: null, by_cluster: [] })
  })
})

describe('the fleet', () => {
  it('is the sum of its clusters, which never mix nodes or boards of the same name', () => {
    const there = { cluster: 'busan' }
    const told = account({
      readings: [nodeReading('dcmi', 400), nodeReading('dcmi', 600, there)],
      boards: [board('GPU-1', 100), board('GPU-1', 200, there)],
    })
    expect(told).toMatchObject({
      total_power_watts: 1000,
      coverage: 1,
      by_cluster: [
        { cluster: 'busan', total_power_watts: 600, parts: { gpu_watts: 200 } },
        { cluster: 'seoul', total_power_watts: 400, parts: { gpu_watts: 100 } },
      ],
    })
  })

  it('takes a board that two sources see from the one that takes precedence', () => {
    const boards = [
      board('GPU-1', 310, { source: 'triton', node: null }),
      board('GPU-1', 300, { source: 'dcgm' }),
    ]
    expect(account({ boards }).boards).toMatchObject([
      { power_watts: 300, source: 'dcgm', node: 'gpu-1' },
    ])
    const silent = [board('GPU-1', null), board('GPU-1', 310, { source: 'triton' })]
    expect(account({ boards: silent }).boards).toMatchObject([
      { power_watts: 310, source: 'triton' },
    ])
  })
})

describe('attributePower', () => {
  const bills = (input: Partial<PowerInput>, uses: readonly WorkloadUse[] = []) =>
    attributePower(account(input), uses)

  it('gives a board to the pod that holds it alone, idle or not', () => {
    const owner = pod('a', 'main')
    const { portions } = bills({
      boards: [board('GPU-1', 300, { idle_watts: 60, shares: [share(owner)] })],
    })
    expect(portions).toMatchObject([{ workload: owner, power_watts: 300, basis: 'exclusive' }])
  })

  it('divides a board that one pod holds by its containers', () => {
    const shares = [share(pod('a', 'x')), share(pod('a', 'y'))]
    const { portions } = bills({ boards: [board('GPU-1', 300, { idle_watts: 60, shares })] })
    expect(powerOfWorkloads(portions, wholeWorkload)).toMatchObject([
      { workload: pod('a'), power_watts: 300, parts: { gpu_watts: 300, cpu_watts: null } },
    ])
  })

  it('tells a board that nobody holds from one whose holder nobody knows', () => {
    const { portions } = bills({
      boards: [board('GPU-1', 50), board('GPU-2', 70, { shares: null })],
    })
    expect(portions).toMatchObject([
      { use: 'idle', power_watts: 50 },
      { use: 'unattributed', power_watts: 70 },
    ])
  })

  it('leaves the work of a partition without owner unattributed', () => {
    const shares = [instance(pod('a'), 3, { activity: 50 }), instance(null, 3, { activity: 50 })]
    const { portions } = bills({ boards: [board('GPU-1', 300, { slices: 7, shares })] })
    expect(portions).toMatchObject([
      { use: 'workload', power_watts: 150 },
      { use: 'unattributed', power_watts: 150 },
    ])
  })

  it('scales workloads down to their component when sources disagree, and says so', () => {
    const { portions, findings } = bills({ components: [zone('package', 90)] }, [
      use(pod('a'), { cpu_watts: 80 }),
      use(pod('b'), { cpu_watts: 40 }),
    ])
    expect(portions.map((portion) => portion.power_watts)).toEqual([60, 30])
    expect(findings).toMatchObject([{ code: 'inconsistent_sources', size_watts: 30 }])
  })

  it('leaves the active part of Kepler as it is: the rest is idle, fans and the like unattributed', () => {
    const { portions } = bills(
      { readings: [nodeReading('dcmi', 200)], components: [zone('package', 90), zone('dram', 10)] },
      [use(pod('a'), { cpu_watts: 30, dram_watts: 4 })],
    )
    expect(
      portions.map(({ resource_type: type, use: by, power_watts: watts }) => [type, by, watts]),
    ).toEqual([
      ['cpu', 'workload', 30],
      ['cpu', 'idle', 60],
      ['dram', 'workload', 4],
      ['dram', 'idle', 6],
      ['other', 'unattributed', 100],
    ])
  })

  it('takes machines by CPU time from the rest of a node that only its BMC measures', () => {
    const { portions } = bills({ readings: [nodeReading('dcmi', 400)] }, [
      use({ kind: 'vm', vm: 'instance-1' }, { cpu_share: 0.25, source: 'libvirt' }),
    ])
    expect(portions).toMatchObject([
      { use: 'workload', power_watts: 100, basis: 'cpu_time', sources: ['dcmi', 'libvirt'] },
      { use: 'unattributed', power_watts: 300 },
    ])
  })

  it('takes DRAM from a psys zone, which contains it', () => {
    const { portions } = bills({ components: [zone('psys', 120)] }, [
      use(pod('a'), { cpu_watts: 30, dram_watts: 5 }),
    ])
    expect(portions).toMatchObject([{ power_watts: 35 }, { use: 'idle', power_watts: 85 }])
  })

  it('does not charge the CPU again that the meter of a board includes', () => {
    const { portions } = bills(
      { boards: [board('GPU-1', 700, { includes_cpu: true, shares: [share(pod('a'))] })] },
      [use(pod('a'), { cpu_share: 0.5 })],
    )
    expect(portions).toMatchObject([{ workload: pod('a'), power_watts: 700 }])
  })

  it('counts a pod once when it is given as a whole and by its containers', () => {
    const { portions } = bills({ components: [zone('package', 90)] }, [
      use(pod('a'), { cpu_watts: 30 }),
      use(pod('a', 'x'), { cpu_watts: 20 }),
      use(pod('a', 'y'), { cpu_watts: 10 }),
    ])
    expect(portions).toMatchObject([{ power_watts: 30 }, { use: 'idle', power_watts: 60 }])
  })

  it('leaves out shares and watts that cannot be', () => {
    const { portions, findings } = bills({ components: [zone('package', 90)] }, [
      use(pod('a'), { cpu_share: 45 }),
      use(pod('b'), { cpu_watts: 9_223_372_036_854_775_794, cpu_share: 0.5 }),
    ])
    expect(portions).toMatchObject([{ workload: pod('b'), power_watts: 45 }, { use: 'idle' }])
    expect(findings).toHaveLength(2)
  })

  it('says when workloads are said to draw power of a node that nothing measures', () => {
    const { portions, findings } = bills({ nodes: [{ cluster: 'seoul', node: 'gpu-1' }] }, [
      use(pod('a'), { cpu_watts: 30 }),
    ])
    expect(portions).toEqual([])
    expect(findings).toMatchObject([{ code: 'inconsistent_sources', size_watts: 30 }])
    expect(bills({}, [use(pod('a'), { cpu_watts: 30 })]).findings).toEqual(findings)
  })
})

describe('breakDown', () => {
  const input: Partial<PowerInput> = {
    readings: [nodeReading('dcmi', 1000)],
    components: [zone('package', 100)],
    boards: [
      board('GPU-1', 300, { shares: [share(pod('a', 'main'))] }),
      board('NPU-1', 50, { kind: 'npu', vendor: 'furiosa' }),
      board('GPU-9', 70, { node: null, vendor: null, shares: null }),
    ],
  }
  const uses = [
    use(pod('a'), { cpu_watts: 30 }),
    use({ kind: 'vm', vm: 'instance-1' }, { cpu_watts: 20 }),
  ]
  const { portions } = attributePower(account(input), uses)
  const rows = (by: BreakdownBy) =>
    breakDown(portions, by, ({ kind }) => kind).rows.map((row) => [
      Object.values(row.key).join('/'),
      row.power_watts,
      row.method,
    ])

  it.each([
    ['cluster', [['seoul', 1070, 'estimated']]],
    [
      'node',
      [
        ['seoul/gpu-1', 1000, 'measured'],
        ['unattributed', 70, 'estimated'],
      ],
    ],
    [
      'namespace',
      [
        ['seoul/team', 330, 'attributed'],
        ['idle', 100, 'attributed'],
        ['unattributed', 640, 'measured'],
      ],
    ],
    [
      'pod',
      [
        ['seoul/team/a', 330, 'attributed'],
        ['seoul/instance-1', 20, 'attributed'],
        ['idle', 100, 'attributed'],
        ['unattributed', 620, 'measured'],
      ],
    ],
    [
      'vendor',
      [
        ['nvidia', 300, 'measured'],
        ['furiosa', 50, 'measured'],
        ['unattributed', 720, 'measured'],
      ],
    ],
    [
      'resource_type',
      [
        ['other', 550, 'measured'],
        ['gpu', 370, 'measured'],
        ['cpu', 100, 'measured'],
        ['npu', 50, 'measured'],
      ],
    ],
    [
      'workload_type',
      [
        ['pod', 330, 'attributed'],
        ['vm', 20, 'attributed'],
        ['idle', 100, 'attributed'],
        ['unattributed', 620, 'measured'],
      ],
    ],
  ] as const)('by %s', (by, expected) => {
    expect(rows(by)).toEqual(expected)
  })

  it('says where each row comes from', () => {
    const { rows: nodes } = breakDown(portions, 'node', () => '')
    expect(nodes[0]?.sources).toEqual(['dcmi'])
    const { rows: pods } = breakDown(portions, 'pod', () => '')
    expect(pods[0]?.sources).toEqual(['dcgm', 'kepler'])
  })

  it('has rows for what is idle and unattributed when nothing is', () => {
    const held = attributePower(
      account({ boards: [board('GPU-1', 300, { shares: [share(pod('a'))] })] }),
      [],
    )
    expect(breakDown(held.portions, 'namespace', () => '').rows.slice(1)).toMatchObject([
      { kind: 'idle', key: { namespace: 'idle' }, power_watts: 0, percentage: 0 },
      { kind: 'unattributed', power_watts: 0, percentage: 0 },
    ])
  })

  it('tells a namespace that is called idle from what is idle', () => {
    const owner = { ...pod('a'), namespace: 'idle' }
    const { portions: own } = attributePower(
      account({ boards: [board('GPU-1', 300, { shares: [share(owner)] })] }),
      [],
    )
    expect(breakDown(own, 'namespace', () => '').rows.slice(0, 2)).toMatchObject([
      { kind: 'named', key: { cluster: 'seoul', namespace: 'idle' }, power_watts: 300 },
      { kind: 'idle', key: { namespace: 'idle' }, power_watts: 0 },
    ])
  })

  it('has no percentages of 0 W, and no total of nothing', () => {
    const off = attributePower(
      account({ readings: [nodeReading('dcmi', 0, { powered: false })] }),
      [],
    )
    expect(breakDown(off.portions, 'cluster', () => '')).toMatchObject({
      total_power_watts: 0,
      rows: [{ power_watts: 0, percentage: null }],
    })
    expect(breakDown([], 'cluster', () => '')).toMatchObject({ total_power_watts: null, rows: [] })
  })
})

describe('warningsOf', () => {
  it('is one for each cluster and code, with the first few in words', () => {
    const { findings } = account({
      readings: Array.from({ length: 5 }, (_, index) =>
        nodeReading('dcmi', -1, { node: `gpu-${index}` }),
      ),
    })
    expect(warningsOf(findings)).toEqual([
      {
        code: 'implausible_values',
        cluster: 'seoul',
        detail:
          '5 values left out: dcmi of gpu-0 reads -1 W; dcmi of gpu-1 reads -1 W; dcmi of gpu-2 reads -1 W; …',
      },
    ])
  })
})
