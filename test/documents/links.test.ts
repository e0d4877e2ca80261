import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOTS = ['docs', 'spec', 'rates']
const TOP = ['README.md', 'README.ko.md', 'CONTRIBUTING.md']

const pages = [...TOP, ...(await Promise.all(ROOTS.map(markdownBelow))).flat()].toSorted()
const texts = new Map(
  await Promise.all(
    pages.map(async (path) => [path, withoutBlocks(await readFile(path, 'utf8'))] as const),
  ),
)

describe('links between the documents', () => {
  it('are on many pages', () => {
    expect(pages.length).toBeGreaterThan(60)
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(150)
  })

  it.each(pages)('lead somewhere: %s', async (path) => {
    const broken: string[] = []
    for (const link of linksOf(path)) if (!(await leadsSomewhere(path, link))) broken.push(link)
    expect(broken).toEqual([])
  })

  it('tells a place that is not there', async () => {
    expect(await leadsSomewhere('README.md', 'docs/tour.md#0-before-the-first-request')).toBe(true)
    expect(await leadsSomewhere('README.md', 'docs/tour.md#no-such-heading')).toBe(false)
    expect(await leadsSomewhere('docs/tour.md', 'no-such-page.md')).toBe(false)
  })
})

async function markdownBelow(root: string): Promise<readonly string[]> {
  const names = await readdir(root, { recursive: true })
  return names.filter((name) => name.endsWith('.md')).map((name) => join(root, name))
}

/** What stands in a block of code is no heading and no link. */
function withoutBlocks(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, '')
}

/** The relative links of a page; others are not ours to hold. */
function linksOf(path: string): readonly string[] {
  const text = (texts.get(path) ?? '').replaceAll(/`[^`\n]*`/g, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
}

async function leadsSomewhere(from: string, link: string): Promise<boolean> {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? from : normalize(join(dirname(from), decodeURI(file)))
  const isThere = await stat(target).then(
    () => true,
    () => false,
  )
  if (!isThere || anchor === undefined) return isThere
  return anchorsOf(texts.get(target) ?? '').has(decodeURIComponent(anchor))
}

/** The places of a page that a link can name: its headings as they are written in addresses, and marks. */
function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const slug = slugOf(heading)
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  })
  const marks = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  return new Set([...headings, ...marks])
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-')
}
