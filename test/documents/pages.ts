import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A page of documentation, and the blocks of commands on it in order. */
export interface Page {
  readonly path: string
  readonly blocks: readonly string[]
}

const PLACES = ['docs', join('docs', 'how-to'), join('docs', 'how-to', 'ko'), 'spec']
const FILES = ['README.md', 'README.ko.md', 'CONTRIBUTING.md']

/** Every page that has commands to run: blocks in `sh` or `bash`. */
export async function pagesWithCommands(): Promise<readonly Page[]> {
  const lists = await Promise.all(
    PLACES.map(async (place) => {
      const names = await readdir(place).catch(() => [])
      return names.filter((name) => name.endsWith('.md')).map((name) => join(place, name))
    }),
  )
  const paths = [...FILES, ...lists.flat().toSorted()]
  const pages = await Promise.all(
    paths.map(async (path) => ({ path, blocks: blocksOf(await readFile(path, 'utf8')) })),
  )
  return pages.filter(({ blocks }) => blocks.length > 0)
}

const blocksOf = (text: string): readonly string[] =>
  [...text.matchAll(/^```(?:sh|bash)\n(.*?)^```$/gms)].map(([, block = '']) => block)
