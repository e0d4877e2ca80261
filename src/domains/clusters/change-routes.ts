import { z } from 'zod'
import type { App } from '../../http/app.ts'
import { nameText } from '../../http/parameters.ts'
import type { Admission, StoredRegistry } from '../../services/clusters/index.ts'
import { addedClusterSpec } from '../../services/prometheus/index.ts'
import { addCluster, removeCluster } from './changes.ts'
import { EXAMPLES } from './examples.ts'
import { clusterSchema } from './schemas.ts'

interface Needs {
  readonly stored: StoredRegistry
  readonly admission: Admission
  /** The most that one question may take to a cluster that does not say. */
  readonly timeoutSeconds: number
}

/** The routes that change which clusters there are. */
export function clusterChangeRoutes(app: App, needs: Needs): void {
  app.action({
    method: 'POST',
    url: '',
    role: 'admin',
    reach: 'admin',
    summary: 'Add a cluster',
    description:
      'The body is one entry of `PROMETHEUS_CLUSTERS` without `ca_file`, `cert_file` and `key_file`. The host of `url` has to be one that the setting `CLUSTER_URL_ALLOW` lists, and the cluster is asked once before it is accepted. It outlives a restart.',
    params: z.object({}),
    body: addedClusterSpec(needs.timeoutSeconds),
    bodyExample: EXAMPLES.newCluster,
    data: clusterSchema,
    example: EXAMPLES.addedCluster,
    creates: true,
    carryOut: (request) => addCluster(needs, request, request.body),
  })
  app.action({
    method: 'DELETE',
    url: '/:name',
    role: 'admin',
    reach: 'admin',
    summary: 'Remove a cluster',
    description:
      'Only a cluster that was added at run time; those of the configuration are removed there.',
    params: z.object({ name: nameText.describe('The name of the cluster.') }),
    body: null,
    data: null,
    carryOut: (request) => removeCluster(needs, request.params.name),
  })
}
