import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { fieldError } from '../inventory/index.ts';
import type { Role } from './identity.ts';
import type { Language } from './letters.ts';

export type UserStatus = 'active' | 'archived';

export interface User {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  readonly role: Role;
  readonly status: UserStatus;
  /** That they are written to in. */
  readonly language: Language;
  /** Of the role advertiser: whose data. */
  readonly advertisers: readonly number[];
  /** Of the role publisher: whose data. */
  readonly sites: readonly number[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type UserFields = Omit<User, 'id' | 'createdAt' | 'updatedAt'>;
export type UserPatch = { readonly [Field in keyof UserFields]?: UserFields[Field] | undefined };

const missing = (id: number) => new AppError('not_found', `There is no user ${id}.`);

/** All users, by ascending id. */
export async function listUsers(
  db: Kysely<Tables>,
  { limit, after, status }: { limit: number; after: number | undefined; status: UserStatus | undefined },
): Promise<{ items: User[]; next: number | null }> {
  let query = users(db)
    .where('id', '>', after ?? 0)
    .orderBy('id')
    .limit(limit + 1);
  if (status !== undefined) query = query.where('status', '=', status);
  const found = (await query.execute()).map(shown);
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** @throws AppError `not_found` */
export async function getUser(db: Kysely<Tables>, id: number): Promise<User> {
  const row = await users(db).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw missing(id);
  return shown(row);
}

/** @throws AppError `invalid_input` */
export async function createUser(transaction: Transaction<Tables>, fields: UserFields): Promise<User> {
  await checkUser(transaction, fields);
  const { name, email, role, status, language } = fields;
  const { id } = await transaction
    .insertInto('users')
    .values({ name, email, role, status, language })
    .returning('id')
    .executeTakeFirstOrThrow();
  await setOwned(transaction, id, fields);
  return getUser(transaction, id);
}

/**
 * Changes the fields that are given.
 * @throws AppError `not_found`, `invalid_input`; `conflict` where nobody would be left to administer; and what the
 * precondition throws, which is told of the user as they are.
 */
export function patchUser(
  db: Kysely<Tables>,
  id: number,
  patch: UserPatch,
  precondition: (current: User) => void = () => undefined,
): Promise<User> {
  return db.transaction().execute(async (transaction) => {
    // All administrators, so that of two changes at once the second sees who is left.
    const admins = await transaction
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'admin')
      .where('status', '=', 'active')
      .orderBy('id')
      .forUpdate()
      .execute();
    const current = await getUser(transaction, id);
    precondition(current);
    const next = { ...current, ...given(patch) };
    const administers = next.role === 'admin' && next.status === 'active';
    if (!administers && admins.every((admin) => admin.id === id)) {
      throw new AppError('conflict', 'This is the last administrator. Make another one first.');
    }
    await checkUser(transaction, next, id);
    const { name, email, role, status, language } = next;
    await transaction
      .updateTable('users')
      .set({ name, email, role, status, language, updated_at: new Date() })
      .where('id', '=', id)
      .execute();
    await setOwned(transaction, id, next);
    return getUser(transaction, id);
  });
}

/** Changes what people may change of themselves. */
export async function patchOwn(
  db: Kysely<Tables>,
  id: number,
  { name, language }: Pick<UserPatch, 'name' | 'language'>,
): Promise<void> {
  const set = given({ name, language });
  if (Object.keys(set).length === 0) return;
  await db
    .updateTable('users')
    .set({ ...set, updated_at: new Date() })
    .where('id', '=', id)
    .execute();
}

function given(patch: UserPatch): Partial<UserFields> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

/** @throws AppError `invalid_input` where what is owned does not exist or does not fit the role, or the e-mail is taken. */
async function checkUser(
  transaction: Transaction<Tables>,
  { role, advertisers, sites, email }: UserFields,
  id = 0,
): Promise<void> {
  for (const [field, ids, owner] of [
    ['advertisers', advertisers, 'advertiser'],
    ['sites', sites, 'publisher'],
  ] as const) {
    if (role !== owner && ids.length > 0) throw fieldError(`/${field}`, `is for the role ${owner} alone`);
    if (role === owner && ids.length === 0)
      throw fieldError(`/${field}`, `the role ${owner} needs at least one`);
    const rows = await transaction
      .selectFrom(field)
      .select('id')
      .where('id', 'in', [0, ...ids])
      .execute();
    const known = new Set(rows.map((row) => row.id));
    const unknown = ids.findIndex((each) => !known.has(each));
    if (unknown !== -1) throw fieldError(`/${field}/${unknown}`, 'there is no such one');
  }
  if (email === null) return;
  const other = await transaction
    .selectFrom('users')
    .select('id')
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .where('id', '!=', id)
    .executeTakeFirst();
  if (other !== undefined) throw fieldError('/email', `is that of the user ${other.id}`);
}

async function setOwned(
  transaction: Transaction<Tables>,
  id: number,
  { advertisers, sites }: Pick<UserFields, 'advertisers' | 'sites'>,
): Promise<void> {
  await transaction
    .deleteFrom('user_advertisers')
    .where('user_id', '=', id)
    .where('advertiser_id', 'not in', [0, ...advertisers])
    .execute();
  await transaction
    .deleteFrom('user_sites')
    .where('user_id', '=', id)
    .where('site_id', 'not in', [0, ...sites])
    .execute();
  if (advertisers.length > 0) {
    const rows = advertisers.map((advertiser_id) => ({ user_id: id, advertiser_id }));
    await transaction
      .insertInto('user_advertisers')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  if (sites.length > 0) {
    const rows = sites.map((site_id) => ({ user_id: id, site_id }));
    await transaction
      .insertInto('user_sites')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

function users(db: Kysely<Tables>) {
  return (
    db
      .selectFrom('users')
      // Never the password.
      .select(['id', 'name', 'email', 'role', 'status', 'language', 'created_at', 'updated_at'])
      .select([
        sql<
          number[]
        >`ARRAY(SELECT advertiser_id FROM user_advertisers WHERE user_id = users.id ORDER BY 1)`.as(
          'advertisers',
        ),
        sql<number[]>`ARRAY(SELECT site_id FROM user_sites WHERE user_id = users.id ORDER BY 1)`.as('sites'),
      ])
  );
}

type UserRow = Awaited<ReturnType<ReturnType<typeof users>['executeTakeFirstOrThrow']>>;

function shown({ created_at, updated_at, ...row }: UserRow): User {
  return { ...row, createdAt: created_at, updatedAt: updated_at };
}
