import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const GO = '/usr/lib/go-1.19/bin/go'
/** Where Debian's `golang-github-masterminds-sprig-dev` and `golang-gopkg-yaml.v3-dev` lie. */
const GOPATH = '/usr/share/gocode'

/** Whether a chart can be rendered here: by Debian's `golang-1.19-go` and the two packages above. */
export const haveGo = spawnSync(GO, ['version']).status === 0

/** Renders charts as `helm template` does. */
export interface ChartRenderer {
  /** The manifests with these values over those of the chart; rejects with what the chart refuses. */
  render(chart: string, values: object): Promise<string>
  remove(): Promise<void>
}

export async function chartRenderer(): Promise<ChartRenderer> {
  const dir = await mkdtemp(join(tmpdir(), 'chart-'))
  const program = join(dir, 'render')
  const source = join(import.meta.dirname, 'helm-render.go')
  const env = { ...process.env, GO111MODULE: 'off', GOPATH, GOCACHE: join(dir, 'cache') }
  await run(GO, ['build', '-o', program, source], { env })
  let files = 0
  return {
    async render(chart, values) {
      files += 1
      const path = join(dir, `values-${files}.yaml`)
      // JSON is YAML.
      await writeFile(path, JSON.stringify(values))
      return (await run(program, [chart, 'kcm', 'monitoring', path])).stdout
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  }
}
