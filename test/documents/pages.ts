import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A page of documentation, and the blocks of commands on it in order. */
export interface Page {
  readonly path: string
  readonly blocks: readonly string[]
}

const PLACES = ['docs', join('docs', 'how-to'), 'spec']
const FILES = ['README.md', 'CONTRIBUTING.md']

/** Recipes for users, which are there in Korean too. Those for whoever changes the code are not. */
const RECIPES = [
  'add-a-cluster',
  'alert-on-figures',
  'collect-power',
  'cost-and-carbon',
  'explain-a-missing-figure',
  'export-data',
  'forecast',
  'limit-what-somebody-sees',
  'make-a-report',
  'read-the-api',
  'run-in-a-container',
  'run-on-kubernetes',
  'run-several-servers',
  'scale-by-power',
  'use-grafana',
  'use-the-command-line',
  'use-the-dashboard',
  'users-and-keys',
  'watch-a-stream',
] as const

/** Every page that is there in both languages. */
export const PAIRS: readonly { readonly english: string; readonly korean: string }[] = [
  { english: 'README.md', korean: 'README.ko.md' },
  { english: 'docs/operations.md', korean: 'docs/ko/operations.md' },
  { english: 'spec/PROMETHEUS_SETUP.md', korean: 'docs/how-to/ko/prometheus-setup.md' },
  ...RECIPES.map((name) => ({
    english: `docs/how-to/${name}.md`,
    korean: `docs/how-to/ko/${name}.md`,
  })),
]

/** Every English page that has commands to run: blocks in `sh` or `bash`. The Korean ones have the same. */
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

/** The blocks of commands of a page. */
export const blocksOf = (text: string): readonly string[] =>
  [...text.matchAll(/^```(?:sh|bash)\n(.*?)^```$/gms)].map(([, block = '']) => block)
