import { type Kysely, sql } from 'kysely';
import { formatAddress, maskedNetwork, parseAddress } from '../../geo-db/index.ts';
import type { Attempts } from '../accounts/attempts.ts';
import { hashPassword, isPassword } from '../accounts/password-hash.ts';
import { hashOf, newSecretText } from '../accounts/secret-text.ts';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { fieldError } from '../inventory/index.ts';
import type { AskedBy } from './asked-by.ts';
import { spendMemberLink, unusableToken } from './member-links.ts';
import {
  changeMember,
  findByEmail,
  findMember,
  getMember,
  insertMember,
  type Member,
  type MemberParts,
  openMember,
} from './member-store.ts';
import {
  lookupOf,
  type MemberValues,
  openFor,
  type Personal,
  type SignInDetails,
  sealFor,
  uses,
} from './personal.ts';
import { recordNews } from './proofs.ts';

const dayMs = 86_400_000;
/** As long as the cookie of the table. */
export const memberSessionMs = 30 * dayMs;
const mostVisitors = 20;
const mostSignIns = 50;

/** How the address of a sign-in is kept. */
export type KeptAddress = 'full' | 'masked' | 'none';

export interface MemberServices extends MemberParts {
  readonly attempts: Attempts;
  readonly keptAddress: KeptAddress;
  /** Called when a mail was queued, and not waited for. */
  wakeMails(): void;
}

export interface Registration {
  readonly email: string;
  readonly password: string | null;
  readonly name: string | null;
  readonly profile: MemberValues;
  readonly preferences: MemberValues & { readonly language: string };
  /** The words that were agreed to, for news and offers; undefined: not agreed. */
  readonly newsWording?: string | undefined;
}

const throttled = (siteId: number, email: string) => `member ${siteId} ${email}`;

/**
 * Registers somebody who is to show by a mail that the address is theirs. It looks for nobody, and so does the same and
 * takes as long whether the address is known; whether a letter has the link, or says that there is an account, is found out
 * when it is sent.
 * @throws AppError `too_many_attempts`
 */
export async function register(
  services: MemberServices,
  by: Pick<AskedBy, 'site' | 'address'>,
  registration: Registration,
): Promise<void> {
  // Never succeeds: each counts.
  services.attempts.begin(throttled(by.site, registration.email), by.address);
  const id = await makeMember(services, by.site, registration);
  await services.db.insertInto('mails').values({ kind: 'member_verify', member_id: id }).execute();
  services.wakeMails();
}

/** A member whose address nobody has verified yet. @returns the number */
export async function makeMember(
  services: MemberServices,
  siteId: number,
  { email, password, name, profile, preferences, newsWording }: Registration,
): Promise<number> {
  const hashed = password === null ? null : await hashPassword(password);
  const personal: Personal = { email, name, profile, preferences, password: hashed, visitors: [] };
  const id = await insertMember(services, siteId, personal);
  if (newsWording !== undefined) {
    const subject = lookupOf(services.keys.lookupKey, siteId, email);
    const told = { action: 'opt_in', wording: newsWording, language: preferences.language } as const;
    const about = { siteId, memberId: id, subject, source: 'registration' } as const;
    await recordNews(services.db, { ...told, ...about, confirmed: false });
  }
  return id;
}

/**
 * Takes the link of a letter: from now on the address is theirs.
 * @throws AppError `invalid_input`; also where another registration of the same address was quicker
 */
export function verifyAddress(services: MemberServices, token: string): Promise<number> {
  return services.db.transaction().execute(async (transaction) => {
    const link = await spendMemberLink(transaction, token, ['verify', 'email']);
    const member = await findMember(services, link.memberId, transaction);
    if (member === undefined) throw unusableToken();
    if (link.purpose === 'verify') await activate(services, transaction, member);
    else await takeAddress(services, transaction, member, link.personal);
    return member.row.id;
  });
}

/** Makes a member of who registered. @throws AppError `invalid_input` where the address has one already */
export async function activate(
  { keys }: MemberParts,
  transaction: Kysely<Tables>,
  { row, personal }: Member,
): Promise<void> {
  await putLookup(transaction, row.id, lookupOf(keys.lookupKey, row.site_id, personal.email));
  const now = new Date();
  const agreed = await transaction
    .updateTable('member_proofs')
    .set({ confirmed_at: now })
    .where('member_id', '=', row.id)
    .where('action', '=', 'opt_in')
    .where('confirmed_at', 'is', null)
    .returning('id')
    .execute();
  const news = agreed.length > 0 ? { news: true, news_at: now } : {};
  await transaction
    .updateTable('members')
    .set({ status: 'active', verified_at: now, updated_at: now, ...news })
    .where('id', '=', row.id)
    .execute();
}

async function takeAddress(
  { keys }: MemberParts,
  transaction: Kysely<Tables>,
  { row, personal, key }: Member,
  sealed: Uint8Array | null,
): Promise<void> {
  const email = sealed === null ? undefined : openFor<string>(key, uses.email(row.id), sealed);
  if (email === undefined) throw unusableToken();
  await transaction.deleteFrom('member_lookups').where('member_id', '=', row.id).execute();
  await putLookup(transaction, row.id, lookupOf(keys.lookupKey, row.site_id, email));
  await transaction
    .updateTable('members')
    .set({ personal: sealFor(key, uses.member(row.id), { ...personal, email }), updated_at: new Date() })
    .where('id', '=', row.id)
    .execute();
}

async function putLookup(transaction: Kysely<Tables>, member: number, hash: Buffer): Promise<void> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto('member_lookups')
    .values({ hash, member_id: member })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw unusableToken();
}

/** Who signs in: at the site's pages, or at its server, which passes on what it knows of them. */
export type SigningIn = Pick<AskedBy, 'site' | 'address' | 'country' | 'region' | 'browser' | 'visitor'>;

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * Begins a session, always a new one.
 * @returns what the cookie has to have
 * @throws AppError `unauthorized`, `too_many_attempts`
 */
export async function signInMember(
  services: MemberServices,
  by: SigningIn,
  given: Credentials,
): Promise<{ token: string; member: Member }> {
  const member = await checkSignIn(services, by, given);
  if (member === undefined) {
    const detail = 'E-mail address or password is wrong, or the address was not verified yet.';
    throw new AppError('unauthorized', detail);
  }
  return { token: await beginMemberSession(services.db, member.row.id), member };
}

/**
 * Checks a password, and keeps what the sign-in tells. The answer and its time are the same for a wrong password, an address
 * that was not verified, and nobody: undefined.
 * @throws AppError `too_many_attempts`
 */
export async function checkSignIn(
  services: MemberServices,
  by: SigningIn,
  { email, password }: Credentials,
): Promise<Member | undefined> {
  const attempt = services.attempts.begin(throttled(by.site, email), by.address);
  const member = await findByEmail(services, by.site, email);
  if (!(await isPassword(member?.personal.password ?? null, password)) || member === undefined) {
    return undefined;
  }
  attempt.succeeded();
  return noteSignIn(services, member, by);
}

/** @returns what the cookie has to have */
async function beginMemberSession(db: Kysely<Tables>, memberId: number): Promise<string> {
  const { text: token, hash } = newSecretText('');
  await db.insertInto('member_sessions').values({ member_id: memberId, hash }).execute();
  return token;
}

/** Keeps what a sign-in tells, and warns by mail of a new country. */
async function noteSignIn(services: MemberServices, { row, key }: Member, by: SigningIn): Promise<Member> {
  const { db } = services;
  const known = (await signInsOf(services, row.id, key)).map(({ country }) => country).filter(Boolean);
  const { country, region, browser } = by;
  const details: SignInDetails = {
    ...{ country, region, browser: browser.slice(0, 300) },
    address: keptAddressOf(by.address, services.keptAddress),
  };
  await db
    .insertInto('member_sign_ins')
    .values({ member_id: row.id, personal: sealFor(key, uses.signIn(row.id), details) })
    .execute();
  await forgetAllBut(db, row.id);
  const changed = await changeMember(services, row.id, async ({ personal }, transaction) => {
    await transaction
      .updateTable('members')
      .set({ last_sign_in_at: new Date(), ...(country === null ? {} : { country, region }) })
      .where('id', '=', row.id)
      .execute();
    return withVisitor(personal, by.visitor);
  });
  if (country !== null && known.length > 0 && !known.includes(country)) {
    const about = sealFor(key, uses.signIn(row.id), { country, at: new Date().toISOString() });
    await db.insertInto('mails').values({ kind: 'member_country', member_id: row.id, about }).execute();
    services.wakeMails();
  }
  return changed;
}

function withVisitor(personal: Personal, number: string | null): Personal {
  if (number === null || personal.visitors.some((each) => each.number === number)) return personal;
  const visitors = [...personal.visitors, { number, since: new Date().toISOString() }];
  return { ...personal, visitors: visitors.slice(-mostVisitors) };
}

function keptAddressOf(text: string, kept: KeptAddress): string | null {
  const address = kept === 'none' ? undefined : parseAddress(text);
  if (address === undefined) return null;
  return kept === 'full' ? formatAddress(address) : maskedNetwork(address);
}

async function forgetAllBut(db: Kysely<Tables>, memberId: number): Promise<void> {
  await db
    .deleteFrom('member_sign_ins')
    .where('member_id', '=', memberId)
    .where(
      sql<boolean>`id <= (SELECT id FROM member_sign_ins WHERE member_id = ${memberId}
        ORDER BY id DESC OFFSET ${mostSignIns} LIMIT 1)`,
    )
    .execute();
}

/** The newest first. */
export async function signInsOf(
  { db }: MemberParts,
  memberId: number,
  key: Uint8Array,
): Promise<(SignInDetails & { at: string })[]> {
  const rows = await db
    .selectFrom('member_sign_ins')
    .selectAll()
    .where('member_id', '=', memberId)
    .orderBy('id', 'desc')
    .execute();
  return rows.flatMap(({ at, personal }) => {
    const details = openFor<SignInDetails>(key, uses.signIn(memberId), personal);
    return details === undefined ? [] : [{ at: at.toISOString(), ...details }];
  });
}

/**
 * Who is signed in at this site.
 * @throws AppError `unauthorized`
 */
export async function sessionMember(parts: MemberParts, by: AskedBy): Promise<Member & { session: number }> {
  const row =
    by.session === null
      ? undefined
      : await parts.db
          .selectFrom('member_sessions as s')
          .innerJoin('members as m', 'm.id', 's.member_id')
          .selectAll('m')
          .select('s.id as session')
          .where('s.hash', '=', hashOf(by.session))
          .where('m.site_id', '=', by.site)
          .where('s.created_at', '>', new Date(Date.now() - memberSessionMs))
          .executeTakeFirst();
  const member = row && (await openMember(parts.keys, row));
  if (row === undefined || member === undefined) {
    throw new AppError('unauthorized', 'Nobody is signed in. Sign in first.');
  }
  return { ...member, session: row.session };
}

/** Ends the session that asks, if it is one. */
export async function signOutMember({ db }: MemberParts, by: AskedBy): Promise<void> {
  if (by.session === null) return;
  await db.deleteFrom('member_sessions').where('hash', '=', hashOf(by.session)).execute();
}

/** Ends a member's sessions. @param but one that stays */
export async function endMemberSessions(db: Kysely<Tables>, memberId: number, but = 0): Promise<void> {
  await db.deleteFrom('member_sessions').where('member_id', '=', memberId).where('id', '!=', but).execute();
}

export interface MemberChange {
  readonly name?: string | null | undefined;
  /** Merged by key; null takes a key away. */
  readonly profile?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  readonly preferences?: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

/** @throws AppError `invalid_input` where there would be too many keys */
export function patchMember(parts: MemberParts, id: number, change: MemberChange): Promise<Member> {
  return changeMember(parts, id, ({ personal }) => ({
    ...personal,
    name: change.name === undefined ? personal.name : change.name,
    profile: merged(personal.profile, change.profile, '/profile'),
    preferences: {
      ...merged(personal.preferences, change.preferences, '/preferences'),
      language:
        typeof change.preferences?.['language'] === 'string'
          ? change.preferences['language']
          : personal.preferences.language,
    },
  }));
}

const mostValues = 50;

function merged(values: MemberValues, change: MemberChange['profile'], path: string): MemberValues {
  const next = new Map(Object.entries(values));
  for (const [key, value] of Object.entries(change ?? {})) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  if (next.size > mostValues) throw fieldError(path, `may have at most ${mostValues} keys`);
  return Object.fromEntries(next);
}

/** Makes sure that who asks knows the password. @throws AppError `invalid_input`, `too_many_attempts` */
export async function requirePassword(
  { attempts }: MemberServices,
  { row, personal }: Member,
  password: string,
  field: string,
  address: string,
): Promise<void> {
  const attempt = attempts.begin(`member ${row.id}`, address);
  if (!(await isPassword(personal.password, password))) throw fieldError(field, 'is not your password');
  attempt.succeeded();
}

/** Sets a new password, and ends the sessions but one. */
export async function setMemberPassword(
  parts: MemberParts,
  memberId: number,
  password: string,
  but = 0,
): Promise<void> {
  const hashed = await hashPassword(password);
  await changeMember(parts, memberId, async ({ personal }, transaction) => {
    await endMemberSessions(transaction, memberId, but);
    return { ...personal, password: hashed };
  });
}

/** Has a link mailed to whoever has this address; it looks at nobody. @throws AppError `too_many_attempts` */
export async function askNewPassword(
  services: MemberServices,
  by: Pick<AskedBy, 'site' | 'address'>,
  email: string,
): Promise<void> {
  services.attempts.begin(`reset ${throttled(by.site, email)}`, by.address);
  const lookup = lookupOf(services.keys.lookupKey, by.site, email);
  await services.db.insertInto('mails').values({ kind: 'member_reset', member_lookup: lookup }).execute();
  services.wakeMails();
}

/** Sets a password by the link of a letter, and ends all sessions. @throws AppError `invalid_input` */
export async function setPasswordByMemberLink(
  services: MemberServices,
  token: string,
  password: string,
): Promise<void> {
  const { memberId } = await spendMemberLink(services.db, token, ['password']);
  const member = await findMember(services, memberId);
  if (member === undefined) throw unusableToken();
  await setMemberPassword(services, memberId, password);
}

/** Has a link mailed to a member's new address; until it is used, the old one stays. */
export async function askNewAddress(
  services: MemberServices,
  { row, key }: Member,
  email: string,
): Promise<void> {
  const about = sealFor(key, uses.email(row.id), email);
  await services.db.insertInto('mails').values({ kind: 'member_email', member_id: row.id, about }).execute();
  services.wakeMails();
}

/** Says yes or no to news and offers, with the words that were shown. */
export async function chooseNews(
  parts: MemberParts,
  member: Member,
  told: { readonly optIn: boolean; readonly wording: string },
  source: 'account' | 'server' | 'unsubscribe_link',
): Promise<Member> {
  const { row, personal } = member;
  await parts.db.transaction().execute(async (transaction) => {
    await recordNews(transaction, {
      ...{ action: told.optIn ? 'opt_in' : 'opt_out', wording: told.wording, source },
      ...{ siteId: row.site_id, memberId: row.id, language: personal.preferences.language },
      subject: lookupOf(parts.keys.lookupKey, row.site_id, personal.email),
      confirmed: row.status === 'active',
    });
    if (row.status !== 'active' && told.optIn) return;
    await transaction
      .updateTable('members')
      .set({ news: told.optIn, news_at: new Date() })
      .where('id', '=', row.id)
      .execute();
  });
  return getMember(parts, row.id);
}
