import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The files of the page by the name that they have below `/dashboard`; the page itself is `index.html`. */
export const DASHBOARD_FILES = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
} as const

export type DashboardFile = keyof typeof DASHBOARD_FILES
export type DashboardFiles = Readonly<Record<DashboardFile, Buffer>>

/** Where the build puts them: beside this module. */
const BUILT = new URL('./dashboard/', import.meta.url)
const SOURCES = new URL('../../web/', import.meta.url)

/** The files of the build, else they are bundled now, which takes a moment and the development dependencies. */
export async function dashboardFiles(): Promise<DashboardFiles> {
  if (!existsSync(BUILT)) return bundleDashboard()
  const read = (name: DashboardFile) => readFile(new URL(name, BUILT))
  return {
    'index.html': await read('index.html'),
    'main.js': await read('main.js'),
    'style.css': await read('style.css'),
  }
}

/** Bundles the sources of the page, small and with the licences of what is in it. */
export async function bundleDashboard(): Promise<DashboardFiles> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [place('main.ts'), place('style.css')],
    outdir: place('.'),
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'inline',
    logLevel: 'silent',
  })
  const bundled = (name: string): Buffer => {
    const file = outputFiles.find(({ path }) => path.endsWith(name))
    if (file === undefined) throw new Error(`bundle web/${name}`)
    return Buffer.from(file.contents)
  }
  return {
    'index.html': await readFile(place('index.html')),
    'main.js': bundled('main.js'),
    'style.css': bundled('style.css'),
  }
}

const place = (name: string): string => fileURLToPath(new URL(name, SOURCES))
