import { type Kysely, type Selectable, sql } from 'kysely';
import { changeContext, type Tables } from '../database/index.ts';

/** Something that happened, beyond the changes of rows that the database writes down by itself. */
export interface AuditEvent {
  /** Like `sign_in`. */
  readonly action: string;
  /** What it was about, in the words of the tables: `report`, `job`. */
  readonly entity?: string;
  readonly id?: string | number | null;
  /** Who it turned out to be, of somebody who signs in. Default: on whose behalf the caller works. */
  readonly by?: { readonly userId: number; readonly sessionId: number };
  /** What has to be known of it. Never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Writes down that something happened, on whose behalf the caller works. */
export async function recordEvent(
  db: Kysely<Tables>,
  { action, entity, id, by, detail }: AuditEvent,
): Promise<void> {
  const context = changeContext();
  await db
    .insertInto('audit_log')
    .values({
      request: context?.request ?? null,
      actor: by === undefined ? (context?.actor ?? 'system') : 'user',
      user_id: by?.userId ?? context?.userId ?? null,
      key_id: context?.keyId ?? null,
      session_id: by?.sessionId ?? context?.sessionId ?? null,
      address: context?.address ?? null,
      ...{ action, entity: entity ?? null, entity_id: id == null ? null : String(id) },
      after: detail === undefined ? null : JSON.stringify(detail),
    })
    .execute();
}

/** Whether anything that a request did is written down. */
export async function hasRecord(db: Kysely<Tables>, request: string): Promise<boolean> {
  const line = await db
    .selectFrom('audit_log')
    .select('id')
    .where('request', '=', request)
    .limit(1)
    .executeTakeFirst();
  return line !== undefined;
}

export interface AuditFilter {
  readonly actor?: Tables['audit_log']['actor'] | undefined;
  readonly user?: number | undefined;
  readonly key?: number | undefined;
  readonly entity?: string | undefined;
  readonly entityId?: string | undefined;
  readonly action?: string | undefined;
  /** First instant, and the first that is left out. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Only lines older than this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface AuditLine {
  readonly row: Selectable<Tables['audit_log']>;
  /** As they are called now; null where they are gone, or it was none. */
  readonly userName: string | null;
  readonly keyName: string | null;
}

/** The youngest first. `next` is the `before` of the next page, or null. */
export async function readAuditLog(
  db: Kysely<Tables>,
  filter: AuditFilter,
): Promise<{ lines: AuditLine[]; next: number | null }> {
  let query = db
    .selectFrom('audit_log as l')
    .leftJoin('users as u', 'u.id', 'l.user_id')
    .leftJoin('api_keys as k', 'k.id', 'l.key_id')
    .selectAll('l')
    .select(['u.name as user_name', 'k.name as key_name'])
    .orderBy('l.id', 'desc')
    .limit(filter.limit + 1);
  if (filter.actor !== undefined) query = query.where('l.actor', '=', filter.actor);
  if (filter.user !== undefined) query = query.where('l.user_id', '=', filter.user);
  if (filter.key !== undefined) query = query.where('l.key_id', '=', filter.key);
  if (filter.entity !== undefined) query = query.where('l.entity', '=', filter.entity);
  if (filter.entityId !== undefined) query = query.where('l.entity_id', '=', filter.entityId);
  if (filter.action !== undefined) query = query.where('l.action', '=', filter.action);
  if (filter.from !== undefined) query = query.where('l.at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('l.at', '<', filter.to);
  if (filter.before !== undefined) query = query.where('l.id', '<', filter.before);
  const rows = await query.execute();
  const lines = rows.slice(0, filter.limit).map(({ user_name, key_name, ...row }) => ({
    ...{ row, userName: user_name, keyName: key_name },
  }));
  return { lines, next: rows.length > filter.limit ? (lines.at(-1)?.row.id ?? null) : null };
}

/** Lines in one transaction, so that others get their turn. */
const forgottenAtOnce = 10_000;

/** Removes lines older than `before`. @returns how many */
export async function pruneAuditLog(db: Kysely<Tables>, before: Date): Promise<number> {
  for (let removed = 0; ; ) {
    const some = await db.transaction().execute(async (transaction) => {
      await sql`SELECT set_config('signpost.retention', 'on', true)`.execute(transaction);
      const { numDeletedRows } = await transaction
        .deleteFrom('audit_log')
        .where('id', 'in', (old) =>
          old.selectFrom('audit_log').select('id').where('at', '<', before).limit(forgottenAtOnce),
        )
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
    removed += some;
    if (some < forgottenAtOnce) return removed;
  }
}

/** How many lines `pruneAuditLog` would remove. */
export async function prunableAuditLog(db: Kysely<Tables>, before: Date): Promise<number> {
  const { lines } = await db
    .selectFrom('audit_log')
    .select((count) => count.fn.countAll<number>().as('lines'))
    .where('at', '<', before)
    .executeTakeFirstOrThrow();
  return lines;
}
