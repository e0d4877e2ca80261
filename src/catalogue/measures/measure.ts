import type { Kind } from '../../kernel/kind.ts'
import type { Dimension } from '../../kernel/units.ts'

/** What can be measured. `pace` says how fast it changes: facts are read once an hour, the rest each time. */
export interface MeasureSpec {
  readonly dimension: Dimension
  readonly kind: Kind
  readonly pace: 'static' | 'realtime'
  /**
   * How the rows of a device's parts relate to the device. `repeated`: each shows the whole device (board power
   * on MIG rows). `divided`: they add up to the device (memory of MIG instances). `weighted`: each is relative
   * to its own part (activity of a MIG instance). `whole`: only the device's own row says anything.
   */
  readonly parts: 'repeated' | 'divided' | 'weighted' | 'whole'
  readonly meaning: string
}
