import { type Kysely, type Selectable, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import type { MemberKeys } from './member-keys.ts';
import { lookupOf, openFor, type Personal, sealFor, uses } from './personal.ts';

export interface MemberParts {
  readonly db: Kysely<Tables>;
  readonly keys: MemberKeys;
}

/** A member whose personal part could be read. */
export interface Member {
  readonly row: Selectable<Tables['members']>;
  readonly personal: Personal;
  readonly key: Uint8Array;
}

const missing = () => new AppError('not_found', 'There is no such member.');

/** A member by number. undefined where there is none, or the key is gone. */
export async function findMember(
  { db, keys }: MemberParts,
  id: number,
  transaction: Kysely<Tables> = db,
): Promise<Member | undefined> {
  const row = await transaction.selectFrom('members').selectAll().where('id', '=', id).executeTakeFirst();
  return row && openMember(keys, row);
}

/** As `findMember`. @throws AppError `not_found` */
export async function getMember(
  parts: MemberParts,
  id: number,
  transaction?: Kysely<Tables>,
): Promise<Member> {
  const member = await findMember(parts, id, transaction);
  if (member === undefined) throw missing();
  return member;
}

export async function openMember(
  keys: MemberKeys,
  row: Selectable<Tables['members']>,
): Promise<Member | undefined> {
  const key = await keys.of(row.id);
  const personal = key && openFor<Personal>(key, uses.member(row.id), row.personal);
  return key === undefined || personal === undefined ? undefined : { row, personal, key };
}

/** Who of a site has verified this address. */
export async function findByEmail(
  parts: MemberParts,
  siteId: number,
  email: string,
): Promise<Member | undefined> {
  return findByLookup(parts, lookupOf(parts.keys.lookupKey, siteId, email));
}

export async function findByLookup(parts: MemberParts, hash: Uint8Array): Promise<Member | undefined> {
  const row = await parts.db
    .selectFrom('member_lookups as l')
    .innerJoin('members as m', 'm.id', 'l.member_id')
    .selectAll('m')
    .where('l.hash', '=', Buffer.from(hash))
    .executeTakeFirst();
  return row && openMember(parts.keys, row);
}

/**
 * Makes a member with a new key. The key is on the disk before the row is.
 * @returns the member's number
 */
export async function insertMember(
  { db, keys }: MemberParts,
  siteId: number,
  personal: Personal,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    SELECT nextval(pg_get_serial_sequence('members', 'id'))::int AS id`.execute(db);
  const id = rows[0]?.id as number;
  const key = await keys.create(id);
  try {
    const sealed = sealFor(key, uses.member(id), personal);
    await db.insertInto('members').values({ id, site_id: siteId, personal: sealed }).execute();
  } catch (error) {
    await keys.destroy(id);
    throw error;
  }
  return id;
}

/**
 * Changes what is personal of a member; of two changes at once the second sees the first.
 * @throws AppError `not_found`
 */
export function changeMember(
  parts: MemberParts,
  id: number,
  change: (member: Member, transaction: Kysely<Tables>) => Personal | Promise<Personal>,
): Promise<Member> {
  return parts.db.transaction().execute(async (transaction) => {
    await transaction.selectFrom('members').select('id').where('id', '=', id).forUpdate().execute();
    const member = await getMember(parts, id, transaction);
    const personal = await change(member, transaction);
    await transaction
      .updateTable('members')
      .set({ personal: sealFor(member.key, uses.member(id), personal), updated_at: new Date() })
      .where('id', '=', id)
      .execute();
    return getMember(parts, id, transaction);
  });
}

/**
 * After a start or a restore: removes the rows of members whose keys were destroyed, makes sure that no number is used
 * again, and makes the lookups that are missing.
 */
export async function settleMembers({ db, keys }: MemberParts): Promise<{ removed: number; found: number }> {
  await sql`SELECT setval(pg_get_serial_sequence('members', 'id'),
    greatest(${keys.highest}::bigint, (SELECT coalesce(max(id), 0) FROM members),
      (SELECT last_value FROM members_id_seq)), true)`.execute(db);
  const { numDeletedRows } = await db
    .deleteFrom('members')
    .where(sql<boolean>`id = ANY (${[...keys.erased]}::int[])`)
    .executeTakeFirst();
  let found = 0;
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('members')
      .selectAll()
      .where('id', '>', after)
      .where('status', '=', 'active')
      .where(sql<boolean>`NOT EXISTS (SELECT FROM member_lookups l WHERE l.member_id = members.id)`)
      .orderBy('id')
      .limit(1000)
      .execute();
    for (const row of rows) {
      const member = await openMember(keys, row);
      if (member === undefined) continue;
      const hash = lookupOf(keys.lookupKey, row.site_id, member.personal.email);
      await db
        .insertInto('member_lookups')
        .values({ hash, member_id: row.id })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      found++;
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  return { removed: Number(numDeletedRows), found };
}
