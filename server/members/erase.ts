import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import { unverifiedMs } from './member-links.ts';
import { type Member, type MemberParts, openMember } from './member-store.ts';
import { lookupOf } from './personal.ts';
import { recordNews } from './proofs.ts';

/** What an erasure removed, as counts. */
export type Removed = Readonly<
  Record<'key' | 'registrations' | 'sessions' | 'signIns' | 'links' | 'visitors' | 'mails', number>
>;

/**
 * Erases a member: destroys the key first, so that from then on no copy of what is personal can be read, and then removes
 * the rows. Registrations of the same address that nobody has verified go along. What survives is the proof of what was
 * agreed to, and the request. The visitor numbers go with the key: nothing tells any more which events were this member's.
 */
export async function eraseMember(parts: MemberParts, { row, personal }: Member): Promise<Removed> {
  const { db, keys } = parts;
  const subject = lookupOf(keys.lookupKey, row.site_id, personal.email);
  const same = await sameRegistrations(parts, row.site_id, subject, row.id);
  const ids = [row.id, ...same];
  for (const id of ids) await keys.destroy(id);
  return db.transaction().execute(async (transaction) => {
    if (row.news) {
      await recordNews(transaction, {
        ...{ action: 'opt_out', wording: '', language: personal.preferences.language, source: 'erasure' },
        ...{ siteId: row.site_id, memberId: row.id, subject, confirmed: true },
      });
    }
    // Of mails that were only asked for with the address.
    const asked = await transaction
      .deleteFrom('mails')
      .where('member_lookup', '=', subject)
      .executeTakeFirst();
    const removed = {
      key: ids.length,
      registrations: same.length,
      sessions: await removeOf(transaction, 'member_sessions', ids),
      signIns: await removeOf(transaction, 'member_sign_ins', ids),
      links: await removeOf(transaction, 'member_links', ids),
      visitors: personal.visitors.length,
      mails: (await removeOf(transaction, 'mails', ids)) + Number(asked.numDeletedRows),
    };
    await transaction.deleteFrom('members').where('id', 'in', ids).execute();
    return removed;
  });
}

async function removeOf(
  transaction: Kysely<Tables>,
  table: 'member_sessions' | 'member_sign_ins' | 'member_links' | 'mails',
  ids: readonly number[],
): Promise<number> {
  const { numDeletedRows } = await transaction
    .deleteFrom(table)
    .where('member_id', 'in', [...ids])
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Numbers of registrations of an address that nobody has verified. */
async function sameRegistrations(
  { db, keys }: MemberParts,
  siteId: number,
  subject: Buffer,
  but: number,
): Promise<number[]> {
  const rows = await db
    .selectFrom('members')
    .selectAll()
    .where('site_id', '=', siteId)
    .where('status', '=', 'unverified')
    .where('id', '!=', but)
    .execute();
  const same: number[] = [];
  for (const row of rows) {
    const member = await openMember(keys, row);
    if (member !== undefined && lookupOf(keys.lookupKey, siteId, member.personal.email).equals(subject)) {
      same.push(row.id);
    }
  }
  return same;
}

/** Removes registrations that nobody has verified in time, and their keys. @returns how many */
export async function forgetRegistrations({ db, keys }: MemberParts, nowMs: number): Promise<number> {
  const rows = await db
    .selectFrom('members')
    .select('id')
    .where('status', '=', 'unverified')
    .where('created_at', '<', new Date(nowMs - unverifiedMs))
    .execute();
  for (const { id } of rows) {
    await keys.destroy(id);
    await db.deleteFrom('members').where('id', '=', id).execute();
  }
  return rows.length;
}
