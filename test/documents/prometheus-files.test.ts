import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireReal } from '../support/real-prometheus.ts'

const PLACES = ['docs', 'docs/ko', 'docs/how-to', 'docs/how-to/ko', 'spec']
/** What a block of the documents is, by how it begins, and what of promtool reads it. */
const KINDS = [
  { begins: /^scrape_configs:\n/, check: ['check', 'config', '--syntax-only'], whole: (text: string) => text },
  { begins: /^- job_name: /, check: ['check', 'config', '--syntax-only'], whole: listed },
  { begins: /^groups:\n/, check: ['check', 'rules', '--lint-fatal'], whole: (text: string) => text },
] as const // prettier-ignore

const blocks = (await Promise.all(PLACES.map(blocksIn))).flat()
const PROGRAM = 'promtool'
const real = requireReal(PROGRAM, 'prometheus')

describe('blocks of the documents that are for Prometheus', () => {
  it('are there for every exporter that the setup names', () => {
    const jobs = blocks
      .filter(({ path }) => path === 'spec/PROMETHEUS_SETUP.md')
      .flatMap(({ text }) => [...text.matchAll(/job_name: ([\w-]+)/g)].map(([, job]) => job))
    expect(jobs.length).toBeGreaterThanOrEqual(18)
    expect(new Set(jobs).size).toBe(jobs.length)
  })

  describe.skipIf(!real)('by promtool', () => {
    let dir = ''
    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'blocks-'))
    })
    afterAll(() => rm(dir, { recursive: true, force: true }))

    it.each(blocks)('are valid: $path, $name', async ({ text, kind }) => {
      const file = join(dir, 'block.yml')
      await writeFile(file, anywhere(kind.whole(text)))
      expect(promtool([...kind.check, file])).toMatchObject({ status: 0 })
    })

    it('are told when they are not', async () => {
      const file = join(dir, 'wrong.yml')
      await writeFile(file, listed('- job_name: a\n  honour_labels: true\n'))
      const { status, said } = promtool(['check', 'config', '--syntax-only', file])
      expect(status).not.toBe(0)
      expect(said).toContain('honour_labels')
    })
  })
})

interface Block {
  readonly path: string
  readonly name: string
  readonly text: string
  readonly kind: (typeof KINDS)[number]
}

/**
 * Debian builds Prometheus without the discovery of Kubernetes: the roles that it knows stand for targets, so that the
 * rest of the job is checked. Any other form of it is left as it is, and refused.
 */
function anywhere(text: string): string {
  return text.replaceAll(
    /kubernetes_sd_configs: \[\{ role: (?:pod|node|endpoints|service) \}\]/g,
    "static_configs: [{ targets: ['localhost:1'] }]",
  )
}

/** Jobs that stand by themselves, as a part of a configuration. */
function listed(text: string): string {
  return `scrape_configs:\n${text.replaceAll(/^(?=.)/gm, '  ')}`
}

function promtool(words: readonly string[]): { readonly status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(PROGRAM, words, { encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

async function blocksIn(place: string): Promise<readonly Block[]> {
  const names = (await readdir(place).catch(() => [])).filter((name) => name.endsWith('.md'))
  const found = names.map(async (name) => {
    const path = join(place, name)
    const text = await readFile(path, 'utf8')
    return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(([, block = '']) => {
      const kind = KINDS.find(({ begins }) => begins.test(block))
      const [first = ''] = /(?:job_|\bgroups?:?.*\n.*)name: [\w-]+/.exec(block) ?? []
      return kind === undefined ? [] : [{ path, name: first, text: block, kind }]
    })
  })
  return (await Promise.all(found)).flat()
}
