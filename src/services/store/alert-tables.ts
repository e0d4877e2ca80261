import type { NonEmpty } from '../../kernel/kind.ts'

/** The tables of alerts, as their migration makes them. */
export const ALERT_TABLES: NonEmpty<string> = [
  `create table alert_rules (
        id text not null primary key,
        version integer not null,
        spec text not null,
        origin text not null,
        state text not null,
        state_version integer not null,
        created_by text not null,
        created_at text not null,
        updated_at text not null
      )`,
  `create table alert_events (
        id text not null primary key,
        rule_id text not null,
        at text not null,
        kind text not null,
        alert_id text not null,
        severity text not null,
        body text not null
      )`,
  'create index alert_events_at on alert_events (at, id)',
  'create index alert_events_rule on alert_events (rule_id, at)',
  `create table alert_deliveries (
        id text not null primary key,
        rule_id text not null,
        receiver text not null,
        body text not null,
        state text not null,
        attempts integer not null,
        next_at text not null,
        problem text,
        note text,
        owner text,
        lease_until text,
        created_at text not null,
        settled_at text
      )`,
  'create index alert_deliveries_next on alert_deliveries (state, next_at)',
  'create index alert_deliveries_order on alert_deliveries (rule_id, receiver, created_at)',
]
