import { isBackendError, KCloudError } from '../../kernel/errors.ts'
import { withinDeadline, type ClusterSpec } from '../prometheus/index.ts'
import { isAllowed, type AllowedHost } from './allowed-hosts.ts'
import type { Connection } from './registry.ts'

/** Who may become a cluster at run time. */
export interface Admission {
  /** Rejects with `forbidden` when its address is not on the list of the server. Asks nobody. */
  checkAddress(spec: ClusterSpec): void
  /** Asks it once. Rejects with `unprocessable`, which says why, when it does not answer as it should. */
  tryOut(spec: ClusterSpec, signal: AbortSignal): Promise<void>
}

export interface AdmissionNeeds {
  readonly allowed: readonly AllowedHost[]
  /** What the operator calls the list. */
  readonly setting: string
  readonly open: (spec: ClusterSpec) => Pick<Connection, 'probe' | 'close'>
  readonly timeoutSeconds: number
}

/** Admits clusters whose address is on a list and that answer. */
export function createAdmission(needs: AdmissionNeeds): Admission {
  const { allowed, setting, open, timeoutSeconds } = needs
  return {
    checkAddress({ url }) {
      if (allowed.length === 0) throw isSwitchedOff(setting)
      if (!isAllowed(url, allowed)) throw isNotListed(setting)
    },
    async tryOut(spec, signal) {
      const connection = open(spec)
      try {
        await withinDeadline({ seconds: timeoutSeconds, signal }, connection.probe)
      } catch (error) {
        throw isBackendError(error) ? doesNotAnswer(error) : error
      } finally {
        // It may wait for a connection that is never made, longer than anybody waits for the answer.
        connection.close().catch(() => undefined)
      }
    },
  }
}

function isSwitchedOff(setting: string): KCloudError {
  return new KCloudError('forbidden', {
    detail: `clusters cannot be added at run time here: ${setting} lists no host`,
  })
}

function isNotListed(setting: string): KCloudError {
  return new KCloudError('forbidden', {
    detail: `the host of url is not one that ${setting} allows`,
    errors: [{ pointer: '/body/url', detail: `must have a host that ${setting} allows` }],
  })
}

function doesNotAnswer(cause: KCloudError): KCloudError {
  const { detail } = cause
  return new KCloudError('unprocessable', {
    detail: `the cluster was asked and did not answer as it should: ${detail}`,
    cause,
    errors: [{ pointer: '/body/url', detail }],
  })
}
