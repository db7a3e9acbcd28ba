import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import type { Scope } from './access.ts';
import { type Identity, localIdentity, visibleTo } from './identity.ts';

const keyForm = /^sp_[A-Za-z0-9_-]{43}$/;
const lastUsedEveryMs = 60_000;

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A new API key, and what is kept of it. */
export function newApiKey(): { key: string; hash: Buffer } {
  const key = `sp_${randomBytes(32).toString('base64url')}`;
  return { key, hash: hashOf(key) };
}

/**
 * Tells by `Authorization: Bearer` who asks: the owner of an API key, or whoever has `localToken`, which also works
 * while the database is down. When a key was last used is noted once a minute.
 */
export function createAuthenticator(
  db: Kysely<Tables>,
  localToken: string | undefined,
): (request: IncomingMessage) => Promise<Identity> {
  const localHash = localToken === undefined ? undefined : hashOf(localToken);
  return async (request) => {
    const key = /^Bearer +([^\s,]{1,200}) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined) {
      throw new AppError('unauthorized', 'Send an API key with the header "Authorization: Bearer sp_…".');
    }
    const hash = hashOf(key);
    if (localHash !== undefined && timingSafeEqual(localHash, hash)) return localIdentity;
    const identity = keyForm.test(key) ? await keyHolder(db, hash) : undefined;
    if (identity === undefined) throw new AppError('unauthorized', 'The API key is not known.');
    return identity;
  };
}

/** undefined where the key is unknown or revoked, or its user archived. */
async function keyHolder(db: Kysely<Tables>, hash: Buffer): Promise<Identity | undefined> {
  const row = await db
    .selectFrom('api_keys as k')
    .leftJoin('users as u', 'u.id', 'k.user_id')
    .select(['k.id', 'k.last_used_at', 'k.scopes', 'k.advertiser_id', 'k.user_id', 'u.role'])
    .select([
      sql<number[]>`ARRAY(SELECT advertiser_id FROM user_advertisers a WHERE a.user_id = u.id)`.as(
        'advertisers',
      ),
      sql<number[]>`ARRAY(SELECT site_id FROM user_sites s WHERE s.user_id = u.id)`.as('sites'),
    ])
    .where('k.hash', '=', hash)
    .where('k.revoked_at', 'is', null)
    .where(({ or, eb }) => or([eb('k.user_id', 'is', null), eb('u.status', '=', 'active')]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const now = new Date();
  if (row.last_used_at === null || now.getTime() - row.last_used_at.getTime() >= lastUsedEveryMs) {
    await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', row.id).execute();
  }
  // A key without a user is an advertiser's own.
  const role = row.role ?? 'advertiser';
  const advertisers = row.advertiser_id === null ? row.advertisers : [row.advertiser_id];
  return {
    role,
    userId: row.user_id,
    keyId: row.id,
    visible: visibleTo(role, { advertisers, sites: row.sites }),
    scopes: row.scopes as Scope[] | null,
  };
}
