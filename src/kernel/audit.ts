/** Something that was done, or that somebody tried, and that may have to be accounted for. */
export interface AuditEvent {
  readonly at: Date
  /** The name of who did it; `system` for the server itself. */
  readonly who: string
  /** How whoever did it signed in. */
  readonly way: string
  /** From where; null for the server itself. */
  readonly address: string | null
  /** The method and the route, or what the server did. */
  readonly action: string
  /** What it was done to, without anything secret. */
  readonly target: Readonly<Record<string, unknown>>
  readonly result: 'done' | 'refused' | 'failed'
  readonly status: number | null
  readonly request_id: string | null
}

/** Writes down what is done. Never rejects. */
export type NoteAudit = (event: AuditEvent) => Promise<void>
