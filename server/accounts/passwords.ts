import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { fieldError } from '../inventory/index.ts';
import type { Attempts } from './attempts.ts';
import type { Identity } from './identity.ts';
import { hashPassword, isPassword } from './password-hash.ts';
import { hashOf, newSecretText } from './secret-text.ts';
import { getUser } from './users.ts';

const linkMs = 3 * 86_400_000;

/** A way to set a password, once, until `expiresAt`. */
export interface PasswordLink {
  readonly token: string;
  readonly expiresAt: Date;
}

/** What comes with such a link. */
export interface PasswordSet {
  readonly token: string;
  readonly password: string;
  /** For who has no e-mail address yet, and for them alone; `email` is needed then. */
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/**
 * What somebody sets their password with, once, within three days: an invitation, or the way back for who has forgotten
 * it. An earlier one of the same user ends.
 * @throws AppError `not_found`; `conflict` where the user is archived; `forbidden` for keys with scopes
 */
export async function createPasswordLink(
  db: Kysely<Tables>,
  who: Identity,
  userId: number,
): Promise<PasswordLink> {
  // Whoever signs in with it is bound by no scopes.
  if (who.scopes !== null) throw new AppError('forbidden', 'A key with scopes cannot make password links.');
  const user = await getUser(db, userId);
  if (user.status === 'archived') {
    throw new AppError('conflict', 'An archived user cannot sign in. Make them active first.');
  }
  return putPasswordLink(db, user);
}

/** The link of a user, in place of an earlier one. Its token tells whether an e-mail address is asked for as well. */
export async function putPasswordLink(
  db: Kysely<Tables>,
  { id, email }: { readonly id: number; readonly email: string | null },
): Promise<PasswordLink> {
  const { text: token, hash } = newSecretText(email === null ? 'spa_' : 'spl_');
  const expiresAt = new Date(Date.now() + linkMs);
  const values = { hash, expires_at: expiresAt };
  await db
    .insertInto('password_links')
    .values({ user_id: id, ...values })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
    .execute();
  return { token, expiresAt };
}

/**
 * Sets a password by link, and ends all sessions of the user. A link whose input does not fit can be used again.
 * @throws AppError `invalid_input`
 */
export async function setPasswordByLink(
  db: Kysely<Tables>,
  { token, password, name, email }: PasswordSet,
): Promise<void> {
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
    const introduced = await introduce(transaction, link.user_id, { name, email });
    await transaction
      .updateTable('users')
      .set({ ...introduced, password: hashed })
      .where('id', '=', link.user_id)
      .execute();
    await transaction.deleteFrom('sessions').where('user_id', '=', link.user_id).execute();
  });
}

/** What somebody says of themselves who has no e-mail address yet. @throws AppError `invalid_input` */
async function introduce(
  transaction: Transaction<Tables>,
  id: number,
  { name, email }: Pick<PasswordSet, 'name' | 'email'>,
): Promise<{ name?: string; email?: string }> {
  const user = await getUser(transaction, id);
  if (user.email !== null) {
    if (email !== undefined) throw fieldError('/email', 'is known already, and not set by this link');
    if (name !== undefined) throw fieldError('/name', 'is known already, and not set by this link');
    return {};
  }
  if (email === undefined) throw fieldError('/email', 'is needed: it is what you sign in with');
  const other = await transaction
    .selectFrom('users')
    .select('id')
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst();
  if (other !== undefined) throw fieldError('/email', `is that of the user ${other.id}`);
  return { email, ...(name === undefined ? {} : { name }) };
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
