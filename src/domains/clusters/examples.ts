import type { z } from 'zod'
import type { addedClusterSpec } from '../../services/prometheus/index.ts'
import type { clusterDetailSchema, clusterSchema } from './schemas.ts'

/** Answers of the demo, as the documentation shows them. It takes no new clusters: that exchange is written by hand. */
export const EXAMPLES = {
  clusters: [
    {
      name: 'seoul',
      region: 'ap-northeast-2',
      description: 'Training and serving on H100, Furiosa and Rebellions NPUs',
      flavour: 'prometheus',
      checked_at: '2026-11-20T18:05:10.184Z',
      response_time_ms: 0,
      status: 'ok',
      version: 'simulator',
      consecutive_failures: 0,
      last_ok_at: '2026-11-20T18:05:10.184Z',
      circuit: 'closed',
    },
  ],
  cluster: {
    name: 'seoul',
    region: 'ap-northeast-2',
    description: 'Training and serving on H100, Furiosa and Rebellions NPUs',
    flavour: 'prometheus',
    checked_at: '2026-11-20T18:05:10.184Z',
    response_time_ms: 0,
    status: 'ok',
    version: 'simulator',
    consecutive_failures: 0,
    last_ok_at: '2026-11-20T18:05:10.184Z',
    circuit: 'closed',
    nodes: 16,
    gpus: 48,
  },
  newCluster: {
    name: 'jeju',
    url: 'https://prometheus.jeju.example.org',
    region: 'ap-northeast-2',
    username: 'reader',
    password: 'a long pass phrase',
  },
  addedCluster: {
    name: 'jeju',
    region: 'ap-northeast-2',
    description: null,
    flavour: 'prometheus',
    checked_at: '2026-11-20T18:05:10.184Z',
    response_time_ms: 4,
    status: 'ok',
    version: '3.5.0',
    consecutive_failures: 0,
    last_ok_at: '2026-11-20T18:05:10.184Z',
    circuit: 'closed',
  },
} satisfies {
  newCluster: z.input<ReturnType<typeof addedClusterSpec>>
  addedCluster: z.input<typeof clusterSchema>
  clusters: z.input<typeof clusterSchema>[]
  cluster: z.input<typeof clusterDetailSchema>
}
