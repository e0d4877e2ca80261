import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { generatedFiles } from '../../scripts/generated-files.ts'

const FILE = 'spec/asyncapi.json'
let text: string
let document: any
beforeAll(async () => {
  text = await readFile(FILE, 'utf8')
  document = JSON.parse(text)
})

/** Every reference of a value. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' ? [inner as string] : references(inner),
  )
}

describe('spec/asyncapi.json', () => {
  it('is what the schemas say now; if not: npm run spec', async () => {
    expect((await generatedFiles()).get(FILE)).toBe(text)
  })

  it('is of AsyncAPI 3, with an address for every stream and both transports', () => {
    expect(document.asyncapi).toBe('3.0.0')
    const addresses = Object.values<any>(document.channels).map(({ address }) => address as string)
    expect(addresses.map((address) => address.replace('/api/v1/monitoring/', '')).sort()).toEqual([
      'events/metrics',
      'events/power',
      'stream/metrics',
      'stream/power',
    ])
  })

  it('refers to nothing that is not there', () => {
    for (const reference of new Set(references(document))) {
      const steps = reference.slice(2).split('/')
      expect([reference, steps.reduce((place, step) => place?.[step], document)]).not.toEqual([
        reference,
        undefined,
      ])
    }
  })

  it('has schemas that tell right messages from wrong ones', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema(document, 'asyncapi')
    const check = (name: string) =>
      ajv.compile({ $ref: `asyncapi#/components/messages/${name}/payload` })
    const gap = { type: 'gap', topic: 'power-x', missed: 3, after: 'a.1', reason: 'slow' }
    expect(check('gap')(gap)).toBe(true)
    expect(check('gap')({ ...gap, reason: 'mood' })).toBe(false)
    expect(check('subscribe')({ type: 'subscribe', id: 'a', params: { by: 'node' } })).toBe(true)
    expect(check('subscribe')({ type: 'subscribe' })).toBe(false)
  })
})
