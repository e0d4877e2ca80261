import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KnownNode } from '../../../src/analysis/identity/known-nodes.ts'
import {
  nodeResolver,
  type IdentityRules,
  type Resolution,
} from '../../../src/analysis/identity/resolver.ts'
import { unmatchedNames } from '../../../src/analysis/identity/unmatched.ts'

const node = (
  cluster: string,
  name: string,
  addresses: readonly string[] = [],
  hostnames: readonly string[] = [],
): KnownNode => ({ cluster, node: name, addresses, hostnames })

const KNOWN = [
  node('seoul', 'gpu-worker-1', ['10.0.1.11', 'fd00::11']),
  node('seoul', 'gpu-worker-2', ['10.0.1.12'], ['node-a']),
  node('seoul', 'GPU-Worker-3', ['10.0.1.13']),
  node('seoul', 'storage-1.example.com', ['10.0.2.1']),
  node('seoul', 'twin.site-a.example.com'),
  node('seoul', 'twin.site-b.example.com'),
  node('seoul', 'Case', ['10.0.3.1']),
  node('seoul', 'CASE', ['10.0.3.1']),
  node('busan', 'gpu-worker-1', ['10.0.1.11']),
  node('busan', 'ip-10-1-0-7.ap-northeast-2.compute.internal', ['10.1.0.7']),
  node('busan', 'ip-10-1-0-8.ap-northeast-2.compute.internal'),
  node('busan', 'node-9', ['10.1.0.9']),
]

const RULES: IdentityRules = {
  rewrites: [
    { match: 'suffix', text: '.bmc.example.com', replace: '' },
    { match: 'suffix', text: '-bmc', replace: '' },
    { match: 'suffix', text: '-ipmi', replace: '' },
    { match: 'prefix', text: 'bmc-', replace: '' },
    { match: 'prefix', text: '172.16.1.', replace: '10.0.1.' },
    { match: 'part', text: '-mgmt-', replace: '-' },
  ],
  bmcs: [
    { cluster: 'seoul', bmc: '192.168.0.12', node: 'gpu-worker-2' },
    { cluster: null, bmc: 'https://idrac-77.oob', node: 'GPU-WORKER-1' },
    { cluster: null, bmc: '192.168.0.13', node: 'gpu-worker-3' },
    { cluster: 'seoul', bmc: '192.168.0.14', node: 'gone' },
    { cluster: 'seoul', bmc: '192.168.0.15', node: 'gpu-worker-1' },
    { cluster: 'seoul', bmc: '192.168.0.15', node: 'gpu-worker-2' },
  ],
}

const resolve = nodeResolver(KNOWN, RULES)

/** `node by step`, or `reason: candidates`. */
function told(resolution: Resolution): string {
  if ('node' in resolution) return `${resolution.node} by ${resolution.by}`
  return `${resolution.unmatched}: ${resolution.candidates.join(' ')}`.trim()
}

describe('nodeResolver', () => {
  it.each([
    // Cluster, name in some dialect, and what it is.
    ['seoul', 'gpu-worker-1', 'gpu-worker-1 by exact'],
    ['seoul', ' gpu-worker-1 ', 'gpu-worker-1 by exact'],
    ['seoul', 'gpu-worker-1:9400', 'gpu-worker-1 by exact'],
    ['seoul', 'gpu-worker-1.', 'gpu-worker-1 by exact'],
    ['seoul', 'node-a', 'gpu-worker-2 by exact'],
    ['seoul', 'GPU-WORKER-2', 'gpu-worker-2 by case'],
    ['seoul', 'gpu-worker-3', 'GPU-Worker-3 by case'],
    ['seoul', '10.0.1.11:9100', 'gpu-worker-1 by address'],
    ['seoul', '10.0.1.12', 'gpu-worker-2 by address'],
    ['seoul', '[fd00::11]:9100', 'gpu-worker-1 by address'],
    ['seoul', 'FD00:0:0:0::11', 'gpu-worker-1 by address'],
    ['seoul', '::ffff:10.0.1.11', 'gpu-worker-1 by address'],
    ['seoul', 'http://10.0.1.13:9100/metrics', 'GPU-Worker-3 by address'],
    ['seoul', 'ip-10-0-1-11', 'gpu-worker-1 by address'],
    ['busan', 'ip-10-1-0-9.ec2.internal', 'node-9 by address'],
    ['busan', '10.1.0.7:9100', 'ip-10-1-0-7.ap-northeast-2.compute.internal by address'],
    ['busan', '10.1.0.8', 'ip-10-1-0-8.ap-northeast-2.compute.internal by address'],
    ['seoul', 'gpu-worker-1-bmc', 'gpu-worker-1 by rule'],
    ['seoul', 'gpu-worker-2-IPMI', 'gpu-worker-2 by rule'],
    ['seoul', 'bmc-gpu-worker-3', 'GPU-Worker-3 by rule'],
    ['seoul', 'gpu-worker-1-ipmi.bmc.example.com:623', 'gpu-worker-1 by rule'],
    ['seoul', 'storage-1-bmc.example.com', 'storage-1.example.com by rule'],
    ['seoul', 'gpu-mgmt-worker-1', 'gpu-worker-1 by rule'],
    ['seoul', '172.16.1.12', 'gpu-worker-2 by rule'],
    ['seoul', 'gpu-worker-1.example.com', 'gpu-worker-1 by short'],
    ['seoul', 'gpu-worker-1-bmc.other.net', 'gpu-worker-1 by short'],
    ['seoul', 'storage-1', 'storage-1.example.com by short'],
    ['seoul', 'storage-1.elsewhere.com', 'unknown:'],
    ['seoul', 'twin', 'ambiguous: twin.site-a.example.com twin.site-b.example.com'],
    ['seoul', 'twin.site-b.example.com', 'twin.site-b.example.com by exact'],
    ['seoul', 'CASE', 'CASE by exact'],
    ['seoul', 'case', 'ambiguous: CASE Case'],
    ['seoul', '10.0.3.1', 'ambiguous: CASE Case'],
    ['seoul', '192.168.0.12', 'gpu-worker-2 by map'],
    ['busan', '192.168.0.12', 'unknown:'],
    ['busan', 'IDRAC-77.oob:443', 'gpu-worker-1 by map'],
    ['seoul', '192.168.0.13', 'GPU-Worker-3 by map'],
    ['busan', '192.168.0.13', 'unknown: gpu-worker-3'],
    ['seoul', '192.168.0.14', 'unknown: gone'],
    ['seoul', '192.168.0.15', 'ambiguous: gpu-worker-1 gpu-worker-2'],
    ['seoul', '10.0.1.99', 'unknown:'],
    ['seoul', '10.0.1', 'unknown:'],
    ['seoul', '010.0.1.11', 'unknown:'],
    ['seoul', 'dcgm-exporter-sn5rp', 'unknown:'],
    ['seoul', '', 'empty:'],
    ['seoul', ':9100', 'empty:'],
  ])('in %s takes %s for %s', (cluster, name, expected) => {
    expect(told(resolve(cluster, name))).toBe(expected)
  })

  it('never mixes clusters: each has a gpu-worker-1 at 10.0.1.11 of its own (vector 4.9)', () => {
    const others = nodeResolver(
      KNOWN.filter(({ cluster }) => cluster === 'busan'),
      RULES,
    )
    expect(told(others('busan', 'gpu-worker-2'))).toBe('unknown:')
    expect(told(resolve('busan', '10.0.1.11'))).toBe('gpu-worker-1 by address')
  })

  it.each([
    ['GPU-Worker-1:9400', 'gpu-worker-1 by itself'],
    ['gpu-worker-1-bmc', 'gpu-worker-1 by itself'],
    ['10.0.1.11:9100', '10.0.1.11 by itself'],
    ['192.168.0.12', '192.168.0.12 by itself'],
    ['idrac-77.oob', 'gpu-worker-1 by map'],
    ['', 'empty:'],
  ])('takes %s for %s in a cluster whose nodes nobody tells', (name, expected) => {
    expect(told(resolve('daegu', name))).toBe(expected)
  })

  it('gives a known node or none, and every node for its own name and address', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
    const nodes = fc.uniqueArray(fc.tuple(label, fc.ipV4()), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(nodes, fc.oneof(label, fc.ipV4(), fc.ipV6(), fc.string()), (pairs, name) => {
        const known = pairs.map(([own, address]) => node('seoul', own, [address]))
        const find = nodeResolver(known, { rewrites: RULES.rewrites, bmcs: [] })
        const found = find('seoul', name)
        if ('node' in found) expect(pairs.map(([own]) => own)).toContain(found.node)
        for (const [own, address] of pairs) {
          expect(find('seoul', `${own}:9100`)).toMatchObject({ node: own })
          const shared = pairs.filter(([, other]) => other === address).length > 1
          expect('node' in find('seoul', address)).toBe(!shared)
        }
      }),
    )
  })

  it('does not depend on the order of the nodes', () => {
    const names = ['twin', 'case', 'storage-1', '10.0.3.1', 'gpu-worker-1-bmc']
    const answers = (known: readonly KnownNode[]) => {
      const find = nodeResolver(known, RULES)
      return names.map((name) => find('seoul', name))
    }
    fc.assert(
      fc.property(
        fc.shuffledSubarray(KNOWN, { minLength: KNOWN.length, maxLength: KNOWN.length }),
        (shuffled) => {
          expect(answers(shuffled)).toEqual(answers(KNOWN))
        },
      ),
    )
  })
})

describe('unmatchedNames', () => {
  it('lists each name that is no node once, with its source, its reason and how often it came', () => {
    const seen = (source: string, name: string) => ({ cluster: 'seoul', source, name })
    const sightings = [
      seen('ipmi', '10.9.9.9'),
      seen('dcgm', 'gpu-worker-1'),
      seen('ipmi', '10.9.9.9'),
      seen('dcgm', 'twin'),
    ]
    expect(unmatchedNames(resolve, sightings)).toEqual([
      { ...seen('dcgm', 'twin'), reason: 'ambiguous', candidates: expect.any(Array), count: 1 },
      { ...seen('ipmi', '10.9.9.9'), reason: 'unknown', candidates: [], count: 2 },
    ])
  })
})
