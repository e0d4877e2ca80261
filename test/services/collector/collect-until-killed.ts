import {
  createCollector,
  redisSink,
  storeSink,
  type Sink,
} from '../../../src/services/collector/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { openStore } from '../../../src/services/store/index.ts'
import { costsOver } from '../../support/cost.ts'
import { createFleet } from '../../support/fleet.ts'
import { fakeClock } from '../../support/test-app.ts'
import { INTERVAL, SEOUL } from './world.ts'

// A collector that is killed between the write of a sink and its acknowledgement: it says `written`, and waits.
const [directory = '', redisUrl = '', database = '', minutes = '1'] = process.argv.slice(2)

const clock = fakeClock()
clock.advance((Number(minutes) - 1) * INTERVAL)
const { telemetry } = createFleet({ seoul: SEOUL }, clock.now)
const fleet = createFleetReader({ telemetry, identity: { rewrites: [], bmcs: [] } })
const store = await openStore({ path: database })

const neverDone = (sink: Sink): Sink => ({
  ...sink,
  async deliver(batch) {
    await sink.deliver(batch)
    process.stdout.write(`${sink.name} written\n`)
    await new Promise(() => setInterval(() => undefined, 1000))
  },
})

const collector = await createCollector({
  clusters: () => ['seoul'],
  fleet,
  costs: costsOver({ fleet, telemetry }),
  sinks: [
    redisSink({ url: redisUrl, stream: 'kcloud:power', mostEntries: 1e6, timeoutSeconds: 5 }),
    storeSink({ rollups: store.rollups, keptDays: 400, now: clock.now }),
  ].map(neverDone),
  directory,
  mostBytes: 1e7,
  intervalSeconds: INTERVAL,
  now: clock.now,
  note: () => undefined,
})
await collector.tick()
