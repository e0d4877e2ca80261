import { ALERT_TABLES } from './alert-tables.ts'
import type { NonEmpty } from '../../kernel/kind.ts'

/** One step from a version of the database to the next, in SQL that SQLite and PostgreSQL both speak. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly statements: NonEmpty<string>
}

/** All steps, from 1 without gaps. One that was released is never changed: what comes later is a new step. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'clusters',
    statements: [
      `create table clusters (
        name text not null primary key,
        spec text not null,
        secrets text,
        added_by text not null,
        added_at text not null
      )`,
    ],
  },
  {
    version: 2,
    name: 'models',
    statements: [
      `create table models (
        kind text not null,
        version integer not null,
        created_at text not null,
        is_active integer not null,
        scores text not null,
        note text,
        body text not null,
        primary key (kind, version)
      )`,
    ],
  },
  {
    version: 3,
    name: 'export jobs',
    statements: [
      `create table export_jobs (
        id text not null primary key,
        owner text not null,
        question text not null,
        state text not null,
        created_at text not null,
        updated_at text not null,
        expires_at text not null,
        progress text not null,
        outcome text,
        runner text,
        lease_until text
      )`,
    ],
  },
  {
    version: 4,
    name: 'forecasts',
    statements: [
      `create table forecast_models (
        id text not null primary key,
        target text not null,
        active_version integer
      )`,
      `create table forecast_versions (
        model_id text not null,
        version integer not null,
        status text not null,
        manifest text not null,
        weights text,
        job_id text not null unique,
        created_at text not null,
        primary key (model_id, version)
      )`,
      `create table forecast_jobs (
        id text not null primary key,
        kind text not null,
        state text not null,
        request text not null,
        progress text not null,
        result text,
        owner text,
        lease_until text,
        created_by text not null,
        created_at text not null,
        updated_at text not null
      )`,
      `create table forecast_items (
        job_id text not null,
        position integer not null,
        request text not null,
        result text,
        primary key (job_id, position)
      )`,
    ],
  },
  {
    version: 5,
    name: 'collected power',
    statements: [
      `create table collected_batches (
        cluster text not null,
        batch text not null,
        primary key (cluster, batch)
      )`,
      `create index collected_batches_by_time on collected_batches (batch)`,
      `create table power_rollups (
        hour text not null,
        kind text not null,
        cluster text not null,
        namespace text not null,
        name text not null,
        currency text not null,
        covered_seconds double precision not null,
        energy_joules double precision not null,
        cost double precision not null,
        primary key (hour, kind, cluster, namespace, name, currency)
      )`,
    ],
  },
  {
    version: 6,
    name: 'scaling',
    statements: [
      `create table scaling_policies (
        id text not null primary key,
        version integer not null,
        spec text not null,
        state text not null,
        state_version integer not null,
        created_by text not null,
        created_at text not null,
        updated_at text not null
      )`,
      `create table scaling_events (
        id text not null primary key,
        policy_id text not null,
        at text not null,
        action text not null,
        rule text not null,
        body text not null
      )`,
      'create index scaling_events_at on scaling_events (at, id)',
      'create index scaling_events_policy on scaling_events (policy_id, at)',
      `create table scaling_deliveries (
        id text not null primary key,
        policy_id text not null,
        kind text not null,
        body text not null,
        state text not null,
        attempts integer not null,
        next_at text not null,
        problem text,
        owner text,
        lease_until text,
        created_at text not null,
        settled_at text
      )`,
      'create index scaling_deliveries_next on scaling_deliveries (state, next_at)',
      `create table leases (
        name text not null primary key,
        owner text not null,
        lease_until text not null
      )`,
    ],
  },
  {
    version: 7,
    name: 'notes of deliveries',
    statements: ['alter table scaling_deliveries add column note text'],
  },
  {
    version: 8,
    name: 'keys and the audit log',
    statements: [
      `create table api_keys (
        id text not null primary key,
        digest text not null unique,
        hint text not null,
        name text not null,
        owner text not null,
        role text not null,
        scope text,
        created_at text not null,
        expires_at text not null,
        revoked_at text,
        last_used_at text
      )`,
      'create unique index api_keys_name on api_keys (owner, name) where revoked_at is null',
      `create table audit_log (
        seq integer not null primary key,
        at text not null,
        who text not null,
        action text not null,
        result text not null,
        body text not null,
        prev text not null,
        hash text not null
      )`,
      'create index audit_log_at on audit_log (at)',
      `create table audit_head (
        id integer not null primary key,
        seq integer not null,
        hash text not null
      )`,
      "insert into audit_head (id, seq, hash) values (1, 0, '')",
    ],
  },
  {
    version: 9,
    name: 'alerts',
    statements: ALERT_TABLES,
  },
]
