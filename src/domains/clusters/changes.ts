import type { ActionRequest } from '../../http/app.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Admission, ClusterSpec, StoredRegistry } from '../../services/clusters/index.ts'
import { clusterRow } from './service.ts'

interface Needs {
  readonly stored: StoredRegistry
  readonly admission: Admission
}

type Asked = Pick<ActionRequest<unknown, unknown>, 'at' | 'signal' | 'user'>

/**
 * Adds a cluster that is allowed, new and answering; it is asked from then on, and after a restart. Rejects with
 * `forbidden`, `ambiguous`, `unprocessable`, `store_unavailable`; then nothing has changed.
 */
export async function addCluster(
  { stored, admission }: Needs,
  { at, signal, user }: Asked,
  spec: ClusterSpec,
) {
  const { name } = spec
  admission.checkAddress(spec)
  // Before it is asked: a name that is taken is no reason to send anybody a password.
  if (stored.all().some((known) => known.name === name)) throw nameIsTaken(name)
  await admission.tryOut(spec, signal)
  signal.throwIfAborted()
  const cluster = await stored.add(spec, user ?? 'unknown')
  await stored.checkNow([name])
  return {
    data: clusterRow(stored, cluster),
    location: `/${name}`,
    observedAt: at,
    clusters: [],
    warnings: [],
  }
}

/** Forgets a cluster for good. Rejects with `not_found`, `unprocessable`, `store_unavailable`. */
export async function removeCluster({ stored }: Needs, name: string): Promise<undefined> {
  await stored.remove(name)
  return undefined
}

function nameIsTaken(name: string): KCloudError {
  return new KCloudError('ambiguous', {
    detail: `there is a cluster called ${name} already`,
    errors: [{ pointer: '/body/name', detail: 'is taken' }],
    candidates: [name],
  })
}
