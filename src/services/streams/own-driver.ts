import type { Driver, Stage } from './channel.ts'
import type { Source } from './source.ts'
import type { Teller, Told } from './teller.ts'

/** Reads by itself. */
export function createOwnDriver(stage: Stage, teller: Teller, source: () => Source): Driver {
  let stop = (): void => undefined
  const show = ({ frames, state, observedAt }: Told): void => {
    stage.note(state, observedAt)
    for (const frame of frames) stage.show(frame)
  }
  return {
    start() {
      // What was told when somebody last watched says nothing to those who watch now.
      teller.goOn(teller.place, teller.exceeded)
      stop = source().listen({
        read: (reading) => show(teller.read(reading)),
        failed: (error) => show(teller.failed(error)),
      })
    },
    stop: () => stop(),
  }
}
