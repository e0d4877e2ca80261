/** What a child says: what its script has to say, and the CPU that the process has used so far. */
export interface Message {
  readonly content: unknown
  readonly cpuSeconds: number
}

/** Tells the parent of this process that it is ready, answers what the parent asks, and ends when it goes. */
export function answerParent(ready: unknown, answer: (ask: any) => unknown): void {
  process.on('message', (message: { readonly content?: unknown }) => {
    void (async () => tell('content' in message ? await answer(message.content) : null))()
  })
  process.on('disconnect', () => process.exit())
  tell(ready)
}

function tell(content: unknown): void {
  const { user, system } = process.cpuUsage()
  process.send?.({ content: content ?? null, cpuSeconds: (user + system) / 1e6 } satisfies Message)
}
