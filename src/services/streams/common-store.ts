/** A frame as servers hand it to one another. */
export interface SharedFrame {
  readonly event: string
  readonly id: string
  readonly json: string
}

/** What a reading came to, on the server that read. */
export interface SharedNews {
  /** The event before the first frame; null when there was none. */
  readonly after: string | null
  readonly frames: readonly SharedFrame[]
  readonly state: 'live' | 'failing'
  readonly observedAt: string | null
  /** What is above its threshold, for the next one who reads. */
  readonly exceeded: readonly (readonly [string, unknown])[]
}

/** Who reads. */
export interface ReadingRight {
  readonly server: string
  /** For how long this counts as what is so. */
  readonly freshSeconds: number
}

/** What is remembered of a topic. */
export interface SharedPast {
  /** Those news that had frames, the newest last. */
  readonly news: readonly SharedNews[]
  /** Whether somebody reads the topic: else the newest state may be of long ago. */
  readonly current: boolean
}

/** What one server holds in common with others about its topics. Everything rejects while it cannot be reached. */
export interface CommonStore {
  /** Takes or keeps the right to read a topic; false while another server has it. */
  lead(topic: string, server: string, leaseMs: number): Promise<boolean>
  /** Gives it back, and says so. */
  resign(topic: string, server: string): Promise<void>
  /** Tells the others, and remembers; false when the right to read is another server's by now. */
  publish(topic: string, news: SharedNews, right: ReadingRight): Promise<boolean>
  past(topic: string): Promise<SharedPast>
  /** Hears the others; null says that a topic is free to be read. */
  follow(topic: string, hear: (news: SharedNews | null) => void): () => void
}
