import type { Server } from '../../analysis/hardware/server.ts'
import { hostOf } from '../../analysis/identity/names.ts'
import { absent } from '../../kernel/absence.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Inventory } from '../../services/hardware/index.ts'

/** The servers of a node or BMC. Rejects with `not_found` when every cluster answered and nobody knows the name. */
export function serversOf(inventory: Inventory, name: string | undefined): readonly Server[] {
  if (name === undefined) return inventory.rows
  const found = inventory.rows.filter((server) => isCalled(server, name))
  const isNode = inventory.nodes.some(({ node }) => node === name)
  if (found.length === 0 && !isNode) throw absent(inventory, `node ${JSON.stringify(name)}`)
  return found
}

const isCalled = ({ node, bmcs }: Server, name: string): boolean =>
  node === name || bmcs.some((bmc) => bmc === name || hostOf(bmc) === name)

/** The one server of a node or BMC. Rejects with `not_found` as above, and with `ambiguous` for one of several. */
export function theServer(inventory: Inventory, name: string): Server {
  const [server, ...others] = serversOf(inventory, name)
  if (server === undefined) throw absent(inventory, `a BMC of node ${JSON.stringify(name)}`)
  if (others.length > 0)
    throw new KCloudError('ambiguous', {
      detail: `${others.length + 1} servers are called ${JSON.stringify(name)}: name the cluster`,
      candidates: [server, ...others].map(({ cluster, node }) => `${cluster}/${node}`).sort(),
    })
  return server
}
