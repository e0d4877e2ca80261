import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blocksOf, PAIRS } from './pages.ts'

const KOREAN_PLACES = ['docs/ko', 'docs/how-to/ko']

describe('the documents in Korean', () => {
  it.each(PAIRS)('have the commands of the English page: $korean', async ({ english, korean }) => {
    const [original, translated] = await both({ english, korean })
    expect(
      blocksOf(translated),
      `the commands of ${korean} are not those of ${english}: bring the Korean page up to date`,
    ).toEqual(blocksOf(original))
  })

  it.each(PAIRS)('have the parts of the English page: $korean', async (pair) => {
    const [original, translated] = await both(pair)
    expect(partsOf(translated), `${pair.korean} lacks a part, or has one more`).toBe(
      partsOf(original),
    )
    expect(translated).toMatch(/^# .*\n[^#]*[가-힣]/)
  })

  it.each(PAIRS)('lead to the English page, and back: $korean', async ({ english, korean }) => {
    const [original, translated] = await both({ english, korean })
    expect(original).toContain(`[한국어](${relative(dirname(english), korean)})`)
    expect(translated).toContain(`[English](${relative(dirname(korean), english)})`)
  })

  it('are all of a pair', async () => {
    const found = await Promise.all(
      KOREAN_PLACES.map(async (place) => (await readdir(place)).map((name) => join(place, name))),
    )
    const known = PAIRS.map(({ korean }) => korean)
    expect(found.flat().filter((path) => !known.includes(path))).toEqual([])
  })
})

function both({ english, korean }: (typeof PAIRS)[number]): Promise<readonly [string, string]> {
  return Promise.all([readFile(english, 'utf8'), readFile(korean, 'utf8')])
}

/** How many parts a page has. */
function partsOf(text: string): number {
  return text.replaceAll(/^```.*?^```$/gms, '').match(/^## /gm)?.length ?? 0
}
