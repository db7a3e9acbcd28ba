import { type Kysely, sql } from 'kysely';
import { recordEvent } from '../audit/index.ts';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import type { Sealer } from '../secrets/index.ts';
import type { Attempts } from './attempts.ts';
import type { Identity } from './identity.ts';
import { isPassword } from './password-hash.ts';
import { passSecondFactor } from './second-factor.ts';
import { newSecretText } from './secret-text.ts';

const dayMs = 86_400_000;
/** A session ends when it was not used for a week, and after a month in any case. */
const idleMs = 7 * dayMs;
export const sessionMs = 30 * dayMs;

export interface Session {
  readonly id: number;
  /** As the browser calls itself. */
  readonly browser: string;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastUsedAt: Date;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

export interface SignIn {
  readonly email: string;
  readonly password: string;
  /** Of the second factor, where there is one. */
  readonly code?: string | undefined;
  readonly address: string;
  readonly browser: string;
}

/**
 * Begins a session, always a new one. The answer and its time are the same for a wrong password, a user who has none,
 * and nobody.
 * @returns what the cookie has to have
 * @throws AppError `unauthorized`, `second_factor_needed`, `too_many_attempts`
 */
export async function signIn(
  db: Kysely<Tables>,
  attempts: Attempts,
  sealer: Sealer,
  { email, password, code, address, browser }: SignIn,
): Promise<{ token: string; sessionId: number }> {
  const attempt = attempts.begin(email, address);
  const user = await db
    .selectFrom('users')
    .select(['id', 'password'])
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .where('status', '=', 'active')
    .executeTakeFirst();
  const failed = () => recordEvent(db, { action: 'sign_in_failed', entity: 'user', id: user?.id ?? null });
  if (!(await isPassword(user?.password ?? null, password)) || user === undefined) {
    await failed();
    throw new AppError('unauthorized', 'E-mail address or password is wrong.');
  }
  const factor = await passSecondFactor(db, sealer, user.id, code);
  if (factor === 'wrong') {
    await failed();
    throw new AppError('second_factor_needed', 'The code is wrong, or was used before.');
  }
  attempt.succeeded();
  if (factor === 'needed') {
    throw new AppError(
      'second_factor_needed',
      'Send the code of the authenticator app, or a recovery code, too.',
    );
  }
  const { text: token, hash } = newSecretText('');
  const sessionId = await db.transaction().execute(async (transaction) => {
    const { id } = await transaction
      .insertInto('sessions')
      .values({ user_id: user.id, hash, browser: browser.slice(0, 300) })
      .returning('id')
      .executeTakeFirstOrThrow();
    const by = { userId: user.id, sessionId: id };
    await recordEvent(transaction, { action: 'sign_in', entity: 'user', id: user.id, by });
    return id;
  });
  await forgetSessions(db);
  return { token, sessionId };
}

/** Removes those that have ended. @returns how many */
export async function forgetSessions(db: Kysely<Tables>): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('sessions').where(ended()).executeTakeFirst();
  return Number(numDeletedRows);
}

const since = (ms: number) => new Date(Date.now() - ms);
const ended = () => sql<boolean>`(last_used_at <= ${since(idleMs)} OR created_at <= ${since(sessionMs)})`;
const holding = () => sql<boolean>`NOT ${ended()}`;

/** Whose session it is; undefined where it is none, or has ended. */
export async function sessionUser(
  db: Kysely<Tables>,
  hash: Buffer,
): Promise<{ sessionId: number; userId: number } | undefined> {
  const row = await db
    .selectFrom('sessions')
    .select(['id', 'user_id', 'last_used_at'])
    .where('hash', '=', hash)
    .where(holding())
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.last_used_at <= since(60_000)) {
    await db.updateTable('sessions').set({ last_used_at: new Date() }).where('id', '=', row.id).execute();
  }
  return { sessionId: row.id, userId: row.user_id };
}

/** One's own sessions, the oldest first. */
export async function listSessions(db: Kysely<Tables>, who: Identity): Promise<Session[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'browser', 'created_at', 'last_used_at'])
    .where('user_id', '=', who.userId ?? 0)
    .where(holding())
    .orderBy('id')
    .execute();
  return rows.map(({ id, browser, created_at, last_used_at }) => ({
    ...{ id, browser, createdAt: created_at, lastUsedAt: last_used_at },
    current: id === who.sessionId,
  }));
}

/** Ends one of one's own sessions. @throws AppError `not_found` */
export function endSession(db: Kysely<Tables>, who: Identity, id: number): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    const { numDeletedRows } = await transaction
      .deleteFrom('sessions')
      .where('id', '=', id)
      .where('user_id', '=', who.userId ?? 0)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw new AppError('not_found', `There is no session ${id}.`);
    await recordEvent(transaction, { action: 'sign_out', entity: 'session', id });
  });
}
