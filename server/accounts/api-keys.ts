import { type Kysely, type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { fieldError } from '../inventory/index.ts';
import { coversScope, type Scope } from './access.ts';
import type { Identity } from './identity.ts';
import { newSecretText } from './secret-text.ts';

/** A key as it can be shown later: all but the key itself. */
export interface ApiKey {
  readonly id: number;
  readonly name: string;
  /** Whose it is: one of the two. */
  readonly userId: number | null;
  readonly advertiserId: number | null;
  readonly scopes: readonly Scope[] | null;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface ApiKeyCreate {
  readonly name: string;
  readonly userId?: number | undefined;
  readonly advertiserId?: number | undefined;
  readonly scopes?: readonly Scope[] | undefined;
}

/** The keys that somebody may see, the oldest first. */
export async function listApiKeys(
  db: Kysely<Tables>,
  who: Identity,
  { limit, after }: { limit: number; after: number | undefined },
): Promise<{ items: ApiKey[]; next: number | null }> {
  const rows = await db
    .selectFrom('api_keys')
    .selectAll()
    .where(managedBy(who))
    .where('id', '>', after ?? 0)
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(shown);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/**
 * Makes a key, for whoever asks where it is nobody else's. It may never do more than the key it was made with.
 * @throws AppError `invalid_input`, the same for owners that do not exist and for those that are not the asker's
 */
export async function createApiKey(
  db: Kysely<Tables>,
  who: Identity,
  asked: ApiKeyCreate,
): Promise<{ key: string; made: ApiKey }> {
  const owner = await ownerOf(db, who, asked);
  const { text: key, hash } = newSecretText('sp_');
  const row = await db
    .insertInto('api_keys')
    .values({ name: asked.name, hash, ...owner, scopes: scopesOf(who, asked.scopes) })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { key, made: shown(row) };
}

/** A key that is revoked lets nobody in any more; it stays in the list. @throws AppError `not_found` */
export async function revokeApiKey(db: Kysely<Tables>, who: Identity, id: number): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
    .where('id', '=', id)
    .where(managedBy(who))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new AppError('not_found', `There is no API key ${id}.`);
}

/** One's own keys, and those of the advertisers whose data one sees; an administrator's are all. */
function managedBy(who: Identity): RawBuilder<SqlBool> {
  if (who.role === 'admin') return sql<SqlBool>`true`;
  const mine = sql<SqlBool>`user_id = ${who.userId}::int`;
  if (who.visible === 'all') return sql<SqlBool>`(${mine} OR advertiser_id IS NOT NULL)`;
  return sql<SqlBool>`(${mine} OR advertiser_id = ANY (${[...who.visible.advertisers]}::int[]))`;
}

async function ownerOf(
  db: Kysely<Tables>,
  who: Identity,
  { userId, advertiserId }: ApiKeyCreate,
): Promise<{ user_id: number } | { advertiser_id: number }> {
  if (userId !== undefined && advertiserId !== undefined) {
    throw fieldError('/advertiserId', 'cannot be given together with userId');
  }
  if (advertiserId !== undefined) {
    const seen = who.visible === 'all' || who.visible.advertisers.includes(advertiserId);
    if (!seen || !(await exists(db, 'advertisers', advertiserId))) {
      throw fieldError('/advertiserId', `there is no advertiser ${advertiserId}`);
    }
    return { advertiser_id: advertiserId };
  }
  const user = userId ?? who.userId;
  if (user === null) throw fieldError('/userId', 'or advertiserId is required: the asker is no user');
  const mine = who.role === 'admin' || user === who.userId;
  if (!mine || !(await exists(db, 'users', user))) throw fieldError('/userId', `there is no user ${user}`);
  return { user_id: user };
}

async function exists(db: Kysely<Tables>, table: 'users' | 'advertisers', id: number): Promise<boolean> {
  const row = await db.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst();
  return row !== undefined;
}

function scopesOf(who: Identity, asked: readonly Scope[] | undefined): Scope[] | null {
  if (asked === undefined) return who.scopes === null ? null : [...who.scopes];
  const beyond = asked.findIndex((scope) => !coversScope(who.scopes, scope));
  if (beyond !== -1) throw fieldError(`/scopes/${beyond}`, 'is none that the key you use has');
  return [...new Set(asked)];
}

function shown(row: Selectable<Tables['api_keys']>): ApiKey {
  return {
    id: row.id,
    name: row.name,
    userId: row.user_id,
    advertiserId: row.advertiser_id,
    scopes: row.scopes as Scope[] | null,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
