import { combine, type Answer } from '../../kernel/answer.ts'
import { GPU, NPU, readDevices, type Found } from '../../services/devices/index.ts'
import { namingFor, type FleetReader } from '../../services/fleet/index.ts'
import type { Needs as HardwareNeeds } from '../../services/hardware/index.ts'

/** What the figures of clusters are read with. */
export interface Needs extends HardwareNeeds {
  readonly fleet: FleetReader
}

/** What every question about clusters carries. */
export interface Asked {
  /** The clusters to ask; all when left out. */
  readonly clusters: readonly string[] | undefined
  readonly at: Date
  readonly signal: AbortSignal
}

/** Whether a cluster answered, in full or not. */
export const answered = ({ status }: Answer<unknown>['clusters'][number]): boolean =>
  status === 'ok' || status === 'partial'

/** The GPUs and NPUs of the asked clusters; `signs` reads only what they are doing and how they are. */
export async function allDevices(
  needs: Pick<Needs, 'telemetry' | 'fleet'>,
  asked: Asked,
  detail: 'everything' | 'signs' = 'everything',
): Promise<Answer<Found>> {
  const { telemetry, names } = namingFor(needs, asked)
  const answers = await Promise.all(
    [GPU, NPU].map(async (kind) => {
      const less = detail === 'signs' ? { measures: kind.signs, limits: false } : {}
      const answer = await readDevices(telemetry, { ...asked, kind, atOnce: true, ...less })
      return { ...answer, rows: answer.rows.map((device) => ({ kind, device })) }
    }),
  )
  return { rows: answers.flatMap(({ rows }) => rows), ...combine([await names, ...answers]) }
}
