import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import type { Scope } from './access.ts';
import { type Identity, localIdentity, type Role, visibleTo } from './identity.ts';
import { hashOf } from './secret-text.ts';
import { sessionToken } from './session-cookie.ts';
import { sessionUser } from './sessions.ts';

const keyForm = /^sp_[A-Za-z0-9_-]{43}$/;
const lastUsedEveryMs = 60_000;

/**
 * Tells who asks: by `Authorization: Bearer` the owner of an API key, or whoever has `localToken`, which also works
 * while the database is down; without that header by the session's cookie. When a key was last used is noted once a
 * minute. Rejects with `unauthorized`.
 */
export function createAuthenticator(
  db: Kysely<Tables>,
  localToken: string | undefined,
): (request: IncomingMessage) => Promise<Identity> {
  const localHash = localToken === undefined ? undefined : hashOf(localToken);
  return async (request) => {
    if (request.headers.authorization === undefined) return signedIn(db, request);
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

async function signedIn(db: Kysely<Tables>, request: IncomingMessage): Promise<Identity> {
  const token = sessionToken(request);
  if (token === undefined) {
    throw new AppError('unauthorized', 'Send an API key with the header "Authorization: Bearer sp_…".');
  }
  const session = await sessionUser(db, hashOf(token));
  const user = session && (await activeUser(db, session.userId));
  if (user === undefined) throw new AppError('unauthorized', 'The session has ended. Sign in again.');
  return { ...user, keyId: null, sessionId: session?.sessionId ?? null, scopes: null };
}

/** undefined where the user is archived. */
async function activeUser(
  db: Kysely<Tables>,
  id: number,
): Promise<Pick<Identity, 'role' | 'userId' | 'visible'> | undefined> {
  const user = await db
    .selectFrom('users as u')
    .select(['u.role', ...ownedBy])
    .where('u.id', '=', id)
    .where('u.status', '=', 'active')
    .executeTakeFirst();
  return user && { role: user.role, userId: id, visible: visibleTo(user.role, user) };
}

/** Whose data a user `u` sees. */
const ownedBy = [
  sql<number[]>`ARRAY(SELECT advertiser_id FROM user_advertisers a WHERE a.user_id = u.id)`.as('advertisers'),
  sql<number[]>`ARRAY(SELECT site_id FROM user_sites s WHERE s.user_id = u.id)`.as('sites'),
] as const;

/** undefined where the key is unknown or revoked, or its user archived. */
async function keyHolder(db: Kysely<Tables>, hash: Buffer): Promise<Identity | undefined> {
  const row = await db
    .selectFrom('api_keys as k')
    .leftJoin('users as u', 'u.id', 'k.user_id')
    .select(['k.id', 'k.last_used_at', 'k.scopes', 'k.advertiser_id', 'k.user_id', 'u.role'])
    .select([...ownedBy])
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
  const role: Role = row.role ?? 'advertiser';
  const advertisers = row.advertiser_id === null ? row.advertisers : [row.advertiser_id];
  return {
    role,
    userId: row.user_id,
    keyId: row.id,
    sessionId: null,
    visible: visibleTo(role, { advertisers, sites: row.sites }),
    scopes: row.scopes as Scope[] | null,
  };
}
