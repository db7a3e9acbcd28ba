import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';

const keyForm = /^sp_[A-Za-z0-9_-]{43}$/;
const lastUsedEveryMs = 60_000;
/** Any number will do, as long as nothing else in the database uses it. */
const adminKeyLock = 7_355_002;

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Makes an API key and returns it, this once: only its hash is kept. */
export function createApiKey(db: Kysely<Tables>, { name }: { name: string }): Promise<string> {
  return insertKey(db, name, true);
}

async function insertKey(db: Kysely<Tables>, name: string, shown: boolean): Promise<string> {
  const key = `sp_${randomBytes(32).toString('base64url')}`;
  await db
    .insertInto('api_keys')
    .values({ name, shown, hash: hashOf(key) })
    .execute();
  return key;
}

/**
 * The first key of a new installation, until `adminKeyShown` was called: a start that fails before anybody has read the
 * key makes another one next time. Undefined where one was shown already. Of two callers at once the later one's key holds.
 */
export function ensureAdminKey(db: Kysely<Tables>): Promise<string | undefined> {
  return db.transaction().execute(async (transaction) => {
    await sql`SELECT pg_advisory_xact_lock(${sql.lit(adminKeyLock)})`.execute(transaction);
    const shown = await transaction
      .selectFrom('api_keys')
      .select('id')
      .where('shown', '=', true)
      .limit(1)
      .execute();
    if (shown.length > 0) return undefined;
    await transaction.deleteFrom('api_keys').execute();
    return insertKey(transaction, 'admin', false);
  });
}

/** Call it when the first key was shown to somebody. */
export async function adminKeyShown(db: Kysely<Tables>): Promise<void> {
  await db.updateTable('api_keys').set({ shown: true }).where('shown', '=', false).execute();
}

/**
 * Checks `Authorization: Bearer` of a request: an API key, or `localToken`, which also works while the database is
 * down. When a key was last used is noted once a minute.
 */
export function createAuthenticator(
  db: Kysely<Tables>,
  localToken: string | undefined,
): (request: Request) => Promise<void> {
  const localHash = localToken === undefined ? undefined : hashOf(localToken);
  return async (request) => {
    const key = /^Bearer +([^\s,]{1,200}) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined) {
      throw new AppError('unauthorized', 'Send an API key with the header "Authorization: Bearer sp_…".');
    }
    const hash = hashOf(key);
    if (localHash !== undefined && timingSafeEqual(localHash, hash)) return;
    if (!keyForm.test(key) || !(await useKey(db, hash))) {
      throw new AppError('unauthorized', 'The API key is not known.');
    }
  };
}

async function useKey(db: Kysely<Tables>, hash: Buffer): Promise<boolean> {
  const row = await db
    .selectFrom('api_keys')
    .select(['id', 'last_used_at'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) return false;
  const now = new Date();
  if (row.last_used_at === null || now.getTime() - row.last_used_at.getTime() >= lastUsedEveryMs) {
    await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', row.id).execute();
  }
  return true;
}
