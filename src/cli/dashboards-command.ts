import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { madeDashboards } from './dashboards.ts'
import { say } from './terminal.ts'

/** `kcloud dashboards`: the ready dashboards of Grafana as files to provision. */
export function addDashboards(program: Command): void {
  program
    .command('dashboards')
    .description('writes the ready dashboards of Grafana, for both data sources')
    .requiredOption('--out <folder>', 'where to')
    .action(async ({ out }: { readonly out: string }) => {
      await mkdir(out, { recursive: true })
      const made = madeDashboards()
      for (const { file, dashboard } of made)
        await writeFile(join(out, file), `${JSON.stringify(dashboard, null, 2)}\n`)
      say(`${made.length} dashboards in ${out}`)
    })
}
