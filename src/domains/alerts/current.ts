import type { z } from 'zod'
import { paginate, type PageRequest } from '../../kernel/page.ts'
import type { AlertState } from '../../analysis/alerts/state.ts'
import { currentAlerts, type CurrentAlert } from '../../services/alerts/index.ts'
import type { alertSchema } from './alert-schemas.ts'
import { told, type Needs } from './needs.ts'

export interface CurrentQuery extends PageRequest {
  readonly rule?: string | undefined
  readonly state?: readonly AlertState[] | undefined
  readonly severity?: readonly string[] | undefined
  readonly cluster?: readonly string[] | undefined
}

const SORTABLE = ['since', 'value', 'rule_id', 'state', 'starts_at'] as const

/** What the rules see now. Rejects with `not_found` for a rule that there is not, and with `invalid_request`. */
export async function listCurrent({ alerts }: Needs, at: Date, query: CurrentQuery) {
  const { rule, state, severity, cluster } = query
  const rules = rule === undefined ? await alerts.rules.list() : [await alerts.rules.one(rule)]
  const rows = rules
    .flatMap((each) => currentAlerts(each))
    .filter((row) => state?.includes(row.state) ?? true)
    .filter((row) => severity?.includes(row.severity) ?? true)
    .filter(({ labels }) => cluster?.includes(labels['cluster'] ?? '') ?? true)
    .map(alertRow)
  const { rows: data, page } = paginate(rows, query, SORTABLE)
  return { ...told(at, data), page }
}

function alertRow(row: CurrentAlert): z.output<typeof alertSchema> {
  const { group, unit, evaluatedAt, alertId, rule_id: rule, severity, state, labels } = row
  return {
    rule_id: rule,
    severity,
    state,
    since: new Date(group.since),
    labels,
    value: group.value,
    unit,
    value_at: dated(group.seenAt),
    pending_seconds: group.heldSeconds,
    alert_id: alertId,
    starts_at: dated(group.alert?.startsAt ?? null),
    no_data_since: dated(group.missingSince),
    reason: group.reason,
    evaluated_at: dated(evaluatedAt),
  }
}

const dated = (time: number | null): Date | null => (time === null ? null : new Date(time))
