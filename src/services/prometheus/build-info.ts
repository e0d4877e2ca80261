import { z } from 'zod'
import type { Reader } from './connection.ts'
import { malformed } from './rows.ts'

/** What a backend says it is. */
export interface BuildInfo {
  /** Such as `2.42.0`; null when it does not say, as older VictoriaMetrics. */
  readonly version: string | null
}

const buildInfo = z.object({
  status: z.literal('success'),
  data: z.object({ version: z.string().max(64).optional() }),
})

/** Reads the answer of `/api/v1/status/buildinfo`. */
export function versionReader(): Reader<BuildInfo> {
  const chunks: Uint8Array[] = []
  return {
    push: (chunk) => void chunks.push(chunk),
    end() {
      const { version } = parsed(Buffer.concat(chunks).toString('utf8')).data
      return { version: version ?? null }
    },
  }
}

function parsed(text: string): z.output<typeof buildInfo> {
  try {
    return buildInfo.parse(JSON.parse(text))
  } catch (cause) {
    throw malformed('no build information', cause)
  }
}
