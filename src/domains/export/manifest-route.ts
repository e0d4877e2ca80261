import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { KCloudError } from '../../kernel/errors.ts'
import { EXAMPLES } from './examples.ts'
import { ownerOf } from './manifests.ts'
import { sentSchema } from './schemas.ts'
import type { Desk } from './start.ts'

/** Where the manifest of a file is that has no room for it. */
export function manifestRoute(app: App, { needs, manifests }: Desk): void {
  app.resource({
    url: '/manifests/:id',
    reach: 'everybody',
    summary: 'The manifest of a file that was sent',
    description:
      'Of the latest files of this server, for whoever asked for them. A file whose `state` is not `done` is not whole.',
    query: z.object({}),
    params: z.object({ id: z.uuid() }),
    data: sentSchema,
    example: EXAMPLES.manifest,
    shelf: 'none',
    answer: ({ params, principal }) => {
      const sent = manifests.get(params.id, ownerOf(principal))
      if (sent === undefined)
        throw new KCloudError('not_found', { detail: 'no file of yours has this id' })
      const { state, head, manifest, bytes, sha256 } = sent
      return {
        data: { state, manifest: manifest ?? head, bytes, sha256 },
        observedAt: needs.now(),
        clusters: [],
        warnings: [],
      }
    },
  })
}
