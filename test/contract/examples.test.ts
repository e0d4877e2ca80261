import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoAnswers, EXAMPLE_REQUESTS } from '../support/demo-answers.ts'
import type { EveryDomain } from '../support/every-domain.ts'

// What the document shows is what the demo answers at the time that the examples are of.

let demo: EveryDomain
let paths: Record<string, any>
beforeAll(async () => {
  demo = await demoAnswers()
  const text = await readFile('spec/openapi.json', 'utf8')
  paths = (JSON.parse(text) as { paths: Record<string, any> }).paths
})
afterAll(() => demo.close())

describe('the example of', () => {
  it.each(Object.entries(EXAMPLE_REQUESTS))(
    '%s is what the demo answers to %s',
    async (path, url) => {
      const { status, body } = await demo.get(url)
      expect(status, JSON.stringify(body)).toBe(200)
      const { content } = paths[`/api/v1${path}`].get.responses['200']
      expect(content['application/json'].example.data).toEqual(body.data)
    },
  )
})
