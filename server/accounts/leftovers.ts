import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import { forgetMails } from './mail-queue.ts';
import { forgetSessions } from './sessions.ts';

/** Removes sessions that have ended, links for a password that hold no more, and mails of long ago. @returns how many */
export async function forgetLeftovers(
  db: Kysely<Tables>,
  nowMs: number,
): Promise<{ sessions: number; links: number; mails: number }> {
  const sessions = await forgetSessions(db);
  const { numDeletedRows } = await db
    .deleteFrom('password_links')
    .where('expires_at', '<', new Date(nowMs))
    .executeTakeFirst();
  return { sessions, links: Number(numDeletedRows), mails: await forgetMails(db, nowMs) };
}
