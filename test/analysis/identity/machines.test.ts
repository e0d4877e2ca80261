import { describe, expect, it } from 'vitest'
import { machinesOf, type MachineName } from '../../../src/analysis/identity/machines.ts'

/** `cluster id domain node`, with - for what is not said. */
function name(text: string): MachineName {
  const [cluster = '', ...rest] = text.split(' ')
  const [id = null, domain = null, node = null] = rest.map((word) => (word === '-' ? null : word))
  return { cluster, id, domain, node }
}

const groups = (...texts: readonly string[]) => machinesOf(texts, name)

describe('machinesOf', () => {
  it.each<readonly [string, readonly string[], readonly (readonly string[])[]]>([
    ['one UUID in two spellings', ['a AB i1 n1', 'a ab - -'], [['a AB i1 n1', 'a ab - -']]],
    ['a domain on its hypervisor', ['a u1 i1 n1', 'a - i1 n1'], [['a u1 i1 n1', 'a - i1 n1']]],
    [
      'a domain that one machine has, on a hypervisor by another name',
      ['a u1 i1 n1.cloud', 'a - i1 n1'],
      [['a u1 i1 n1.cloud', 'a - i1 n1']],
    ],
    [
      'a domain that two machines have, on a third hypervisor',
      ['a u1 i1 n1', 'a u2 i1 n2', 'a - i1 n3'],
      [['a - i1 n3'], ['a u1 i1 n1'], ['a u2 i1 n2']],
    ],
    [
      'the same domain on two hypervisors',
      ['a - test n1', 'a - test n2'],
      [['a - test n1'], ['a - test n2']],
    ],
    ['two clusters', ['a u1 i1 n1', 'b u1 i1 n1'], [['a u1 i1 n1'], ['b u1 i1 n1']]],
  ])('%s', (_case, rows, expected) => {
    expect(groups(...rows).map((group) => [...group])).toEqual(expected)
    expect(groups(...rows.toReversed()).flat()).toHaveLength(rows.length)
  })
})
