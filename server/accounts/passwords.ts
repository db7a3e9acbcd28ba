import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { fieldError } from '../inventory/index.ts';
import type { Attempts } from './attempts.ts';
import type { Identity } from './identity.ts';
import { hashPassword, isPassword } from './password-hash.ts';
import { hashOf, newSecretText } from './secret-text.ts';
import { getUser } from './users.ts';

const linkMs = 3 * 86_400_000;

/**
 * What somebody sets their password with, once, within three days: an invitation, or the way back for who has forgotten
 * it. An earlier one of the same user ends.
 * @throws AppError `not_found`; `conflict` where the user could not sign in; `forbidden` for keys with scopes
 */
export async function createPasswordLink(
  db: Kysely<Tables>,
  who: Identity,
  userId: number,
): Promise<{ token: string; expiresAt: Date }> {
  // Whoever signs in with it is bound by no scopes.
  if (who.scopes !== null) throw new AppError('forbidden', 'A key with scopes cannot make password links.');
  const user = await getUser(db, userId);
  if (user.email === null || user.status === 'archived') {
    throw new AppError('conflict', 'To sign in, a user has to be active and have an e-mail address.');
  }
  const { text: token, hash } = newSecretText('spl_');
  const expiresAt = new Date(Date.now() + linkMs);
  const values = { hash, expires_at: expiresAt };
  await db
    .insertInto('password_links')
    .values({ user_id: userId, ...values })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
    .execute();
  return { token, expiresAt };
}

/** Sets a password by link, and ends all sessions of the user. @throws AppError `invalid_input` */
export async function setPasswordByLink(db: Kysely<Tables>, token: string, password: string): Promise<void> {
  const hashed = await hashPassword(password);
  await db.transaction().execute(async (transaction) => {
    const link = await transaction
      .deleteFrom('password_links')
      .where('hash', '=', hashOf(token))
      .where('expires_at', '>', new Date())
      .returning('user_id')
      .executeTakeFirst();
    if (link === undefined)
      throw fieldError('/token', 'is none that can be used: it may be too old, or used');
    await transaction.updateTable('users').set({ password: hashed }).where('id', '=', link.user_id).execute();
    await transaction.deleteFrom('sessions').where('user_id', '=', link.user_id).execute();
  });
}

/**
 * Changes one's own password, and ends one's other sessions.
 * @throws AppError `invalid_input` where the current one is wrong, `too_many_attempts`
 */
export async function changePassword(
  db: Kysely<Tables>,
  { userId, sessionId }: Identity,
  attempts: Attempts,
  { current, password, address }: { current: string; password: string; address: string },
): Promise<void> {
  const wrong = () => fieldError('/current', 'is not your password');
  if (userId === null) throw wrong();
  const attempt = attempts.begin(`user ${userId}`, address);
  const { password: stored } = await db
    .selectFrom('users')
    .select('password')
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  if (!(await isPassword(stored, current))) throw wrong();
  attempt.succeeded();
  const hashed = await hashPassword(password);
  await db.transaction().execute(async (transaction) => {
    await transaction.updateTable('users').set({ password: hashed }).where('id', '=', userId).execute();
    await transaction
      .deleteFrom('sessions')
      .where('user_id', '=', userId)
      .where('id', '!=', sessionId ?? 0)
      .execute();
  });
}
