import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import { type PasswordLink, putPasswordLink } from './passwords.ts';

/**
 * The link by which somebody becomes the first administrator, as long as no administrator has a password; undefined
 * from then on. An earlier one ends.
 */
export function createAdminLink(db: Kysely<Tables>): Promise<PasswordLink | undefined> {
  return db.transaction().execute(async (transaction) => {
    const admins = await transaction
      .selectFrom('users')
      .select(['id', 'email', 'password'])
      .where('role', '=', 'admin')
      .where('status', '=', 'active')
      .orderBy('id')
      .execute();
    const [first] = admins;
    if (first === undefined || admins.some(({ password }) => password !== null)) return undefined;
    return putPasswordLink(transaction, first);
  });
}
