import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import { newSecretText } from './secret-text.ts';

/** Any number will do, as long as nothing else in the database uses it. */
const adminKeyLock = 7_355_002;

/**
 * The first key of a new installation, its first administrator's, until `adminKeyShown` was called: a start that fails
 * before anybody has read the key makes another one next time. Undefined where one was shown already. Of two callers at
 * once the later one's key holds.
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
    const first = await transaction
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'admin')
      .where('status', '=', 'active')
      .orderBy('id')
      .limit(1)
      .executeTakeFirstOrThrow();
    const { text: key, hash } = newSecretText('sp_');
    await transaction
      .insertInto('api_keys')
      .values({ name: 'admin', user_id: first.id, shown: false, hash })
      .execute();
    return key;
  });
}

/** Call it when the first key was shown to somebody. */
export async function adminKeyShown(db: Kysely<Tables>): Promise<void> {
  await db.updateTable('api_keys').set({ shown: true }).where('shown', '=', false).execute();
}
