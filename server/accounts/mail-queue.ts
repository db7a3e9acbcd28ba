import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Tables } from '../database/index.ts';

export type QueuedMail = Selectable<Tables['mails']>;

/** A back office that has not ended a mail by then has died. */
const claimMs = 5 * 60_000;
/** Tries of one mail, and the pause after the first; each pause is twice the one before. */
const mostAttempts = 8;
const firstPauseMs = 60_000;
const keptMs = 30 * 86_400_000;

/** Takes the oldest that is to be sent; nobody else has it then. */
export function claimMail(db: Kysely<Tables>, nowMs: number): Promise<QueuedMail | undefined> {
  const now = new Date(nowMs);
  return db
    .updateTable('mails')
    .set({
      ...{ status: 'sending', claim: randomUUID(), claimed_until: new Date(nowMs + claimMs) },
      attempts: sql`attempts + 1`,
    })
    .where('id', '=', (query) =>
      query
        .selectFrom('mails as open')
        .select('open.id')
        .where((where) =>
          where.or([
            where.and([where('open.status', '=', 'waiting'), where('open.next_at', '<=', now)]),
            where.and([where('open.status', '=', 'sending'), where('open.claimed_until', '<=', now)]),
          ]),
        )
        .orderBy('open.next_at')
        .orderBy('open.id')
        .limit(1)
        .forUpdate('open')
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst();
}

/** It was sent to somebody. What address was typed is not needed any more. */
export async function mailSent(
  db: Kysely<Tables>,
  { id, claim }: QueuedMail,
  userId: number,
  nowMs: number,
): Promise<void> {
  await db
    .updateTable('mails')
    .set({ status: 'sent', user_id: userId, email: null, claim: null, claimed_until: null })
    .set({ ended_at: new Date(nowMs), error: null })
    .where('id', '=', id)
    .where('claim', '=', claim)
    .execute();
}

/** There is nobody to send it to, or no need. */
export async function mailDropped(db: Kysely<Tables>, { id }: QueuedMail): Promise<void> {
  await db.deleteFrom('mails').where('id', '=', id).execute();
}

/** To be tried again later, or given up. */
export async function mailFailed(
  db: Kysely<Tables>,
  { id, claim, attempts }: QueuedMail,
  nowMs: number,
  error: string,
): Promise<void> {
  const givenUp = attempts >= mostAttempts;
  const pauseMs = firstPauseMs * 2 ** (attempts - 1);
  await db
    .updateTable('mails')
    .set({ status: givenUp ? 'failed' : 'waiting', claim: null, claimed_until: null, error })
    .set(givenUp ? { ended_at: new Date(nowMs) } : { next_at: new Date(nowMs + pauseMs) })
    .where('id', '=', id)
    .where('claim', '=', claim)
    .execute();
}

/** Forgets what was asked for long ago, whether it was sent or not. @returns how many */
export async function forgetMails(db: Kysely<Tables>, nowMs: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('mails')
    .where('made_at', '<', new Date(nowMs - keptMs))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
