import fc from 'fast-check'
import { createInflateRaw, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bodyOf, gzipPieces, keptBytes } from '../../src/http/body.ts'

/** The body as a client without and with gzip gets it. */
async function sent(body: ReturnType<typeof bodyOf>, requestId: string) {
  const tail = Buffer.from(requestId + (body.tail ?? ''))
  const plain = Buffer.concat([body.head, tail])
  const head = await body.compressed()
  if (head === undefined) return { plain, zipped: undefined }
  const pieces = gzipPieces(head, { headLength: body.head.length, tail })
  return { plain, zipped: Buffer.concat([...pieces]) }
}

const META = '{"status":"complete"}'

describe('a body', () => {
  it('is one JSON text around the request id', async () => {
    const { plain } = await sent(bodyOf('[1,2]', META), 'id-1')
    expect(plain.toString()).toBe('{"data":[1,2],"meta":{"request_id":"id-1","status":"complete"}}')
  })

  it('unpacks to the same bytes, whatever is in it and however long the tail', async () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 })
    const tails = fc.integer({ min: 0, max: 200_000 })
    await fc.assert(
      fc.asyncProperty(texts, tails, async (strings, length) => {
        const data = JSON.stringify(new Array(300).fill(strings))
        const meta = JSON.stringify({ filler: 'x'.repeat(length) })
        const { plain, zipped } = await sent(bodyOf(data, meta), 'id-2')
        if (zipped !== undefined) expect(gunzipSync(zipped).equals(plain)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('can be unpacked piece by piece, as a browser does', async () => {
    const { plain, zipped } = await sent(bodyOf(`"${'power '.repeat(5000)}"`, META), 'id-3')
    const inflate = createInflateRaw()
    const chunks: Buffer[] = []
    inflate.on('data', (chunk: Buffer) => chunks.push(chunk))
    const done = new Promise((resolve) => inflate.on('end', resolve))
    const deflated = zipped!.subarray(10, -8)
    for (let start = 0; start < deflated.length; start += 97)
      inflate.write(deflated.subarray(start, start + 97))
    inflate.end()
    await done
    expect(Buffer.concat(chunks).equals(plain)).toBe(true)
  })

  it('is not compressed when that does not pay', async () => {
    expect(await bodyOf('[]', META).compressed()).toBeUndefined()
    const noise = Array.from({ length: 3000 }, (_, index) => (index * 7919) % 65_536)
    const random = Buffer.from(Uint16Array.from(noise).buffer).toString('base64')
    expect(await bodyOf(JSON.stringify(random), META).compressed()).toBeUndefined()
  })

  it('is compressed once, within what keeping it was said to take', async () => {
    const body = bodyOf(`"${'power '.repeat(5000)}"`, META)
    const [first, second] = await Promise.all([body.compressed(), body.compressed()])
    expect(first).toBe(second)
    expect(body.head.length + first!.bytes.length).toBeLessThan(keptBytes(body))
  })

  it('has an ETag of the data and what is said of them', () => {
    const { etag } = bodyOf('[1]', META)
    expect(bodyOf('[1]', META).etag).toBe(etag)
    expect(bodyOf('[2]', META).etag).not.toBe(etag)
    expect(bodyOf('[1]', '{"status":"partial"}').etag).not.toBe(etag)
  })
})
