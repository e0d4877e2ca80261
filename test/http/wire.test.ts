import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { timestamp, writeJson } from '../../src/http/wire.ts'

const schema = z.object({
  at: timestamp,
  watts: z.number().nullable(),
  labels: z.record(z.string(), z.string()),
})
const data = { at: new Date(0), watts: null, labels: { b: '2', a: '1' } }

describe('the JSON of an answer', () => {
  it('is the same with and without its schema', () => {
    const text = '{"at":"1970-01-01T00:00:00.000Z","watts":null,"labels":{"b":"2","a":"1"}}'
    expect(writeJson(schema, data, true)).toBe(text)
    expect(writeJson(schema, data, false)).toBe(text)
  })

  it('names the place of what the schema does not have', () => {
    const rows = [
      { ...data, labels: {} },
      { ...data, url: 'http://internal' },
    ]
    expect(() => writeJson(z.array(schema), rows, true)).toThrow('do not agree at /1/url')
    expect(() => writeJson(z.string(), 'a', true)).not.toThrow()
  })

  it('refuses a number that is none', () => {
    expect(() => writeJson(schema, { ...data, watts: Number.NaN }, true)).toThrow('watts')
  })
})
