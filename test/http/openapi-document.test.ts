import { describe, expect, it } from 'vitest'
import { finishDocument, type OpenApiDocument } from '../../src/http/openapi-document.ts'

function idsOf(paths: readonly string[], aliases: ReadonlyMap<string, string> = new Map()) {
  const document = {
    paths: Object.fromEntries(
      paths.map((path) => [path, { post: { responses: { 200: { description: 'ok' } } } }]),
    ),
    components: { schemas: {} },
  } as unknown as OpenApiDocument
  return Object.fromEntries(
    Object.entries(finishDocument(document, aliases).paths).map(([path, { post }]) => [
      path,
      post?.operationId,
    ]),
  )
}

describe('the names of operations', () => {
  it('are the words of the path', () => {
    expect(idsOf(['/api/v1/models/{id}/tag-keys', '/api/v1/predict-cost'])).toEqual({
      '/api/v1/models/{id}/tag-keys': 'postModelsByIdTagKeys',
      '/api/v1/predict-cost': 'postPredictCost',
    })
  })

  it.each([
    [['/api/v1/predict/cost', '/api/v1/predict-cost']],
    [['/api/v1/predict-cost', '/api/v1/predict/cost']],
  ])('tell a hyphen from a slash, in whatever order the paths are: %j', (paths) => {
    expect(idsOf(paths)).toEqual({
      '/api/v1/predict/cost': 'postPredict_Cost',
      '/api/v1/predict-cost': 'postPredictCost',
    })
  })

  it('belong to one operation each, also with aliases', () => {
    const paths = ['/api/v1/a/b-c', '/api/v1/a-b/c', '/api/v1/a/b/c', '/api/v1/a-b-c', '/api/v1/d']
    const ids = Object.values(idsOf(paths, new Map([['/api/v1/d/all', '/api/v1/d']])))
    expect(ids).toHaveLength(6)
    expect(new Set(ids).size).toBe(6)
  })
})
