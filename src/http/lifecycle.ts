/** Whether the server still takes requests. Made once, told to the routes that report it. */
export interface Lifecycle {
  readonly stopping: boolean
  /** From now on new requests are refused; those that have begun go on. */
  stop(): void
}

export function createLifecycle(): Lifecycle {
  let stopping = false
  return {
    get stopping() {
      return stopping
    },
    stop() {
      stopping = true
    },
  }
}
