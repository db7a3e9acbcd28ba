import { readdir } from 'node:fs/promises';
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import { archiveDays, type ClickHouse, rowsBefore, storedTables } from '../../analytics/index.ts';
import { BackupFolder, backupsToKeep, type KeepScheme } from '../backup/index.ts';
import type { Tables } from '../database/index.ts';
import type { StoreName } from './part.ts';

const dayMs = 86_400_000;
/** What runs once a day may be a day late, and goes by whole days. */
const graceMs = 2 * dayMs;
/** Numbers go by whole months. */
const monthMs = 31 * dayMs;

/** For how long things are kept, as the settings have it. */
export interface KeptFor {
  readonly eventsDays: number;
  readonly rollupsDays: number;
  readonly archiveDays: number;
  readonly auditDays: number;
  readonly runsDays: number;
  readonly memberSignInDays: number;
  readonly memberProofDays: number;
  readonly backups: KeepScheme;
}

/** Something that is still there, though its days are over. */
export interface Overdue {
  readonly store: StoreName;
  readonly place: string;
  readonly count: number;
  /** `YYYY-MM-DD` of the oldest. */
  readonly oldest: string;
}

type Life = readonly [table: keyof Tables, column: string, days: number, only?: RawBuilder<SqlBool>];

/** Rows of PostgreSQL that have a life of their own: the time it goes by, the days, and which rows where not all. */
const lives = (kept: KeptFor): readonly Life[] => [
  ['audit_log', 'at', kept.auditDays],
  ['job_runs', 'started_at', kept.runsDays],
  ['mails', 'made_at', 30],
  ['sessions', 'created_at', 30],
  ['password_links', 'expires_at', 0],
  ['idempotency_keys', 'created_at', 1],
  ['day_keys', 'day', 0],
  ['sent_values', 'sent_at', 14],
  ['members', 'created_at', 3, sql`status = 'unverified'`],
  ['member_sessions', 'created_at', 30],
  ['member_links', 'expires_at', 0],
  ['member_sign_ins', 'at', kept.memberSignInDays],
  ['member_proofs', 'at', kept.memberProofDays],
];

export async function overdueInPostgres(
  db: Kysely<Tables>,
  kept: KeptFor,
  nowMs: number,
): Promise<Overdue[]> {
  const found: Overdue[] = [];
  for (const [table, column, days, only = sql`true`] of lives(kept)) {
    const before = new Date(nowMs - days * dayMs - graceMs);
    const { rows } = await sql<{ count: number; oldest: string | null }>`
      SELECT count(*)::integer AS count, to_char(min(${sql.ref(column)}), 'YYYY-MM-DD') AS oldest
      FROM ${sql.table(table)} WHERE ${sql.ref(column)} < ${before} AND ${only}`.execute(db);
    const { count = 0, oldest = null } = rows[0] ?? {};
    if (count > 0)
      found.push({ store: 'postgres', place: `${table}.${column}`, count, oldest: oldest ?? '' });
  }
  return found;
}

export async function overdueInClickHouse(
  clickhouse: ClickHouse,
  kept: KeptFor,
  nowMs: number,
): Promise<Overdue[]> {
  const found: Overdue[] = [];
  for (const { name, kept: by, column, partitions } of storedTables) {
    if (by === 'always' || column === undefined) continue;
    const days = by === 'events' ? kept.eventsDays : kept.rollupsDays;
    const grace = graceMs + (partitions === 'days' ? 0 : monthMs);
    const { rows, firstMs } = await rowsBefore(clickhouse, name, column, nowMs - days * dayMs - grace);
    if (rows > 0)
      found.push({ store: 'clickhouse', place: `${name}.${column}`, count: rows, oldest: dayOf(firstMs) });
  }
  return found;
}

export async function overdueFiles(
  places: { readonly archiveDir: string; readonly backupDir: string },
  kept: KeptFor,
  nowMs: number,
): Promise<Overdue[]> {
  const days = (await archiveDays(places.archiveDir)).filter(
    (day) => Date.parse(day) + (kept.archiveDays + 1) * dayMs + graceMs < nowMs,
  );
  const backups = await new BackupFolder(places.backupDir).list();
  const keep = backupsToKeep(backups, kept.backups);
  const old = backups.filter(({ name, madeAt }) => !keep.has(name) && Date.parse(madeAt) + graceMs < nowMs);
  const broken = await brokenBackups(places.backupDir, new Set(backups.map(({ name }) => name)));
  const found: Overdue[] = [];
  const [oldestDay] = days;
  if (oldestDay !== undefined)
    found.push({ store: 'log', place: 'archive', count: days.length, oldest: oldestDay });
  const oldestBackup = [...old.map(({ name }) => name), ...broken].sort()[0];
  if (oldestBackup !== undefined) {
    const count = old.length + broken.length;
    found.push({ store: 'backups', place: 'backups', count, oldest: oldestBackup.slice(0, 10) });
  }
  return found;
}

/** Those that no job removes, because nobody can read what they are. */
async function brokenBackups(backupDir: string, known: ReadonlySet<string>): Promise<string[]> {
  const names = await readdir(backupDir).catch(() => []);
  return names.filter((name) => /^\d{4}-\d\d-\d\dT.*-(full|incremental)$/.test(name) && !known.has(name));
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
