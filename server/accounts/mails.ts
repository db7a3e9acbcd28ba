import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { type Letter, type MailSettings, sendLetter } from '../mail/index.ts';
import type { Identity } from './identity.ts';
import { linkLetter } from './letters.ts';
import { claimMail, forgetMails, mailDropped, mailFailed, mailSent, type QueuedMail } from './mail-queue.ts';
import { putPasswordLink } from './passwords.ts';
import { getUser } from './users.ts';

/** Of resets, nobody gets more than one in this time. */
const resetEveryMs = 5 * 60_000;

/**
 * Has a link to set a password mailed to a user.
 * @throws AppError `not_found`; `conflict` where they have no e-mail address or are archived; `forbidden` for keys
 * with scopes
 */
export async function queueInvitation(db: Kysely<Tables>, who: Identity, userId: number): Promise<void> {
  // Whoever signs in with it is bound by no scopes.
  if (who.scopes !== null) throw new AppError('forbidden', 'A key with scopes cannot invite.');
  const user = await getUser(db, userId);
  if (user.email === null || user.status === 'archived') {
    throw new AppError('conflict', 'To be mailed to, a user has to be active and have an e-mail address.');
  }
  await db.insertInto('mails').values({ kind: 'invitation', user_id: userId }).execute();
}

/** Has a link mailed to whoever has this address. It looks at no user, and so takes as long whether there is one. */
export async function queueReset(db: Kysely<Tables>, email: string): Promise<void> {
  await db.insertInto('mails').values({ kind: 'reset', email }).execute();
}

export interface MailParts {
  readonly db: Kysely<Tables>;
  /** undefined: no mail server is set, and what waits goes on waiting. */
  readonly mail: MailSettings | undefined;
  /** The page of the console that takes a link's token. */
  urlOf(token: string): string;
  /** The letter to a member; undefined: nothing is to be sent. Default: there are no members. */
  memberLetter?(queued: QueuedMail, nowMs: number): Promise<{ letter: Letter; memberId: number } | undefined>;
}

export interface MailContext {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Sends what waits. What the server took is noted before the next begins; where a process dies in between, the mail is
 * sent once more, with a new link that ends the other's.
 * @returns how many; `dropped`: of nobody, or asked for again too soon
 */
export async function sendMails(
  parts: MailParts,
  { now, signal, logger }: MailContext,
): Promise<{ sent: number; failed: number; dropped: number }> {
  const counts = { sent: 0, failed: 0, dropped: 0 };
  if (parts.mail === undefined) return counts;
  while (!signal.aborted) {
    const queued = await claimMail(parts.db, now());
    if (queued === undefined) break;
    try {
      counts[await sendOne(parts, parts.mail, queued, now())]++;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await mailFailed(parts.db, queued, now(), reason);
      logger.warn({ mail: queued.id, reason }, 'a mail could not be sent');
      counts.failed++;
    }
  }
  await forgetMails(parts.db, now());
  return counts;
}

async function sendOne(
  parts: MailParts,
  settings: MailSettings,
  queued: QueuedMail,
  nowMs: number,
): Promise<'sent' | 'dropped'> {
  const { db, urlOf } = parts;
  if (queued.kind !== 'invitation' && queued.kind !== 'reset') {
    return sendToMember(parts, settings, queued, nowMs);
  }
  const user = await recipientOf(db, queued);
  if (user?.email == null || (queued.kind === 'reset' && (await hadReset(db, user.id, nowMs)))) {
    await mailDropped(db, queued);
    return 'dropped';
  }
  const { token, expiresAt } = await putPasswordLink(db, user);
  const { name, email: to, language } = user;
  await sendLetter(settings, linkLetter(queued.kind, { to, name, language, url: urlOf(token), expiresAt }));
  await mailSent(db, queued, { userId: user.id }, nowMs);
  return 'sent';
}

async function sendToMember(
  { db, memberLetter }: MailParts,
  settings: MailSettings,
  queued: QueuedMail,
  nowMs: number,
): Promise<'sent' | 'dropped'> {
  const found = await memberLetter?.(queued, nowMs);
  if (found === undefined) {
    await mailDropped(db, queued);
    return 'dropped';
  }
  await sendLetter(settings, found.letter);
  await mailSent(db, queued, { memberId: found.memberId }, nowMs);
  return 'sent';
}

function recipientOf(db: Kysely<Tables>, { user_id, email }: QueuedMail) {
  return db
    .selectFrom('users')
    .select(['id', 'name', 'email', 'language'])
    .where('status', '=', 'active')
    .where(email === null ? sql<boolean>`id = ${user_id}` : sql<boolean>`lower(email) = lower(${email})`)
    .executeTakeFirst();
}

async function hadReset(db: Kysely<Tables>, userId: number, nowMs: number): Promise<boolean> {
  const sent = await db
    .selectFrom('mails')
    .select('id')
    .where('user_id', '=', userId)
    .where('kind', '=', 'reset')
    .where('ended_at', '>', new Date(nowMs - resetEveryMs))
    .where('status', '=', 'sent')
    .executeTakeFirst();
  return sent !== undefined;
}
