import type { z } from 'zod'
import { clusterSpec, type ClusterSpec } from '../prometheus/index.ts'
import type { JsonObject, NewCluster } from '../store/index.ts'

/** Stored clusters have their timeout with them. */
const NO_DEFAULT = 30

/**
 * A cluster as the configuration would write it, with its secrets apart. Whatever a spec gains is stored under
 * its own name, and refused on reading if the configuration has another name for it.
 */
export function writeSpec(spec: ClusterSpec): Pick<NewCluster, 'spec' | 'secrets'> {
  const { basicAuth, bearerToken, headers, ...clear } = spec
  const { name: _, timeoutSeconds, caFile, certFile, keyFile, ...same } = clear
  const secrets = present({
    password: basicAuth?.password,
    bearer_token: bearerToken,
    headers: Object.keys(headers).length > 0 ? headers : null,
  })
  return {
    spec: {
      ...same,
      timeout: timeoutSeconds,
      ...present({
        username: basicAuth?.username,
        ca_file: caFile,
        cert_file: certFile,
        key_file: keyFile,
      }),
    },
    secrets: Object.keys(secrets).length > 0 ? secrets : null,
  }
}

/** What was written, read and checked again: the spec, or what is wrong with it. */
export function readSpec({
  name,
  spec,
  secrets,
}: Pick<NewCluster, 'name' | 'spec' | 'secrets'>): ClusterSpec | { readonly problem: string } {
  const read = clusterSpec(NO_DEFAULT).safeParse({ ...spec, ...secrets, name })
  return read.success ? read.data : { problem: issuesOf(read.error) }
}

function present(fields: JsonObject): JsonObject {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(given)
}

function issuesOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => [...path, message].map(String).join(' ')).join('; ')
}
