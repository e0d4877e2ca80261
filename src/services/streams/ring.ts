import type { Frame } from './frame.ts'

/** The last frames of a topic, for those who were away: up to so many bytes. */
export interface Ring {
  push(frame: Frame): void
  /** The frames after the one with this id; undefined when it is not known any more, or never was. */
  after(id: string): readonly Frame[] | undefined
  /** The newest frame that says all there is to say, and those that came after it. */
  state(): readonly Frame[]
  readonly lastId: string | null
  /** Frames of the order so far do not count any more. */
  clear(): void
}

/** The text and both forms that may be made of it. */
const weightOf = ({ json }: Frame): number => json.length * 3

export function createRing(maxBytes: number): Ring {
  let frames: Frame[] = []
  let bytes = 0
  /** The id before the oldest kept frame: who has that one has missed nothing. */
  let before: string | null = null
  /** The newest whole frame, when what came after it has pushed it out. */
  let whole: Frame | undefined

  const drop = (): void => {
    const [oldest] = frames
    if (oldest === undefined) return
    if (oldest.whole) whole = oldest
    bytes -= weightOf(oldest)
    before = oldest.id
    frames = frames.slice(1)
  }
  return {
    push(frame) {
      frames.push(frame)
      bytes += weightOf(frame)
      while (bytes > maxBytes && frames.length > 1) drop()
    },
    after(id) {
      const place = frames.findIndex((frame) => frame.id === id)
      if (place >= 0) return frames.slice(place + 1)
      return id === before ? [...frames] : undefined
    },
    state() {
      const place = frames.findLastIndex(({ whole }) => whole)
      if (place >= 0) return frames.slice(place)
      return whole === undefined ? [] : [whole, ...frames]
    },
    get lastId() {
      return frames[frames.length - 1]?.id ?? null
    },
    clear() {
      frames = []
      bytes = 0
      before = null
      whole = undefined
    },
  }
}
