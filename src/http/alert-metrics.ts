import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** How alerts fare, for whoever looks. */
export interface AlertsSeen {
  /** The state of each group of each rule. */
  readonly states: readonly string[]
  /** What waits for each receiver, and for how long the oldest does. */
  readonly waiting: readonly {
    readonly receiver: string
    readonly count: number
    readonly seconds: number
  }[]
}

/** What is measured of alerts. */
export interface AlertMetrics {
  /** It is read when somebody looks at it. */
  alertsWatched(read: () => Promise<AlertsSeen>): void
  alertRule(evaluated: {
    readonly outcome: string
    readonly seconds: number
    readonly cut: number
  }): void
  alertTurn(turn: { readonly seconds: number; readonly skipped: number }): void
  /** Whom there is to tell: what has not befallen yet is a zero, so that its first time is seen. */
  alertReceivers(names: readonly string[]): void
  /** An attempt to tell a receiver. */
  alertDelivered(receiver: string, outcome: string): void
}

const OUTCOMES = ['done', 'failed', 'later'] as const
const STATES = ['ok', 'pending', 'firing', 'no_data'] as const

/** The metrics of alerts, in a registry. */
export function alertMetrics(register: Registry): AlertMetrics {
  const registers = [register]
  const evaluations = evaluationsIn(registers)
  const seconds = new Histogram({
    name: 'alert_evaluation_seconds',
    help: 'How long the evaluation of one alert rule took, with reading its figures.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers,
  })
  const counter = (name: string, help: string) => new Counter({ name, help, registers })
  const cut = counter('alert_groups_cut_total', 'Groups that were not watched: there are too many.')
  const skipped = counter(
    'alert_rules_skipped_total',
    'Alert rules there was no time for in a turn.',
  )
  const deliveries = new Counter({
    name: 'alert_deliveries_total',
    help: 'Attempts to tell receivers of alerts.',
    labelNames: ['receiver', 'outcome'] as const,
    registers,
  })
  return {
    alertRule({ outcome, seconds: took, cut: left }) {
      evaluations.inc({ outcome })
      seconds.observe(took)
      cut.inc(left)
    },
    alertTurn: ({ skipped: count }) => skipped.inc(count),
    alertReceivers(names) {
      for (const receiver of names)
        for (const outcome of OUTCOMES) deliveries.inc({ receiver, outcome }, 0)
    },
    alertDelivered: (receiver, outcome) => deliveries.inc({ receiver, outcome }),
    alertsWatched: (read) => watchedMetrics(registers, read),
  }
}

function evaluationsIn(registers: Registry[]) {
  const evaluations = new Counter({
    name: 'alert_rule_evaluations_total',
    help: 'Evaluations of alert rules, by how they went.',
    labelNames: ['outcome'] as const,
    registers,
  })
  for (const outcome of ['ok', 'partial', 'failed', 'timeout']) evaluations.inc({ outcome }, 0)
  return evaluations
}

/** What the state store says; nothing while it does not answer. */
function watchedMetrics(registers: Registry[], read: () => Promise<AlertsSeen>): void {
  const seen = async (): Promise<AlertsSeen | null> => await read().catch(() => null)
  const states = new Gauge<'state'>({
    name: 'kcloud_alerts',
    help: 'Groups of alert rules, by their state. Each server says it of all.',
    labelNames: ['state'],
    registers,
    async collect() {
      const now = await seen()
      states.reset()
      if (now === null) return
      for (const state of STATES)
        states.set({ state }, now.states.filter((each) => each === state).length)
    },
  })
  const labelNames = ['receiver'] as const
  const waiting = new Gauge<'receiver'>({
    name: 'alert_outbox_waiting',
    help: 'Deliveries that wait for a receiver.',
    labelNames,
    registers,
    async collect() {
      const now = await seen()
      waiting.reset()
      for (const { receiver, count } of now?.waiting ?? []) waiting.set({ receiver }, count)
    },
  })
  const age = new Gauge<'receiver'>({
    name: 'alert_outbox_age_seconds',
    help: 'How long the oldest delivery has waited for a receiver.',
    labelNames,
    registers,
    async collect() {
      const now = await seen()
      age.reset()
      for (const { receiver, seconds } of now?.waiting ?? []) age.set({ receiver }, seconds)
    },
  })
}
