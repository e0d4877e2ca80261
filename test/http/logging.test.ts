import { describe, expect, it } from 'vitest'
import type { Domain } from '../../src/domains/domain.ts'
import { KCloudError } from '../../src/kernel/errors.ts'
import { createTestApp } from '../support/test-app.ts'

const SECRETS = /hunter2|c29tZQ|s3cr3t|correct horse/

/** A domain that logs what careless code would log. */
const careless: Domain = {
  name: 'careless',
  routes: ({ fastify }) => {
    fastify.get('/', { config: { reach: 'everybody' } }, (request) => {
      request.log.info({ req: request, headers: request.headers, query: request.query }, 'seen')
      request.log.warn({ password: 'hunter2', credentials: { password: 'hunter2' } }, 'seen')
      const cause = new Error('GET http://admin:hunter2@prom:9090/api?token=s3cr3t refused')
      throw new KCloudError('backend_unreachable', { detail: 'no cluster answers', cause })
    })
  },
}

describe('the log', () => {
  it('has one line for each request, and none of its secrets', async () => {
    const app = await createTestApp([careless])
    await app.get('/api/v1/careless?ticket=s3cr3t&password=hunter2&token=s3cr3t', {
      headers: { cookie: 'session=s3cr3t', 'x-request-id': 'logged-1' },
    })
    await app.get('/api/v1/careless', { auth: 'Basic c29tZTpodW50ZXIy' })
    await app.close()

    expect(JSON.stringify(app.logs)).not.toMatch(SECRETS)
    const lines = app.logs.filter(({ msg }) => msg === 'request')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      pid: process.pid,
      hostname: expect.any(String) as string,
      request_id: 'logged-1',
      method: 'GET',
      path: '/api/v1/careless',
      route: '/api/v1/careless',
      status: 502,
      duration_ms: expect.any(Number) as number,
      address: '127.0.0.1',
      user: 'tester',
      msg: 'request',
    })
    expect(lines[1]).toMatchObject({ status: 401, user: null })
  })

  it('tells why the clusters could not be asked, with the cause', async () => {
    const app = await createTestApp([careless])
    await app.get('/api/v1/careless')
    await app.close()
    expect(app.logs.find(({ msg }) => msg === 'ask the clusters')).toMatchObject({
      level: 'warn',
      err: {
        message: 'backend_unreachable: no cluster answers',
        cause: { message: 'GET http://[redacted]@prom:9090/api?[redacted] refused' },
      },
    })
  })
})
