import { type Kysely, sql } from 'kysely';
import type { SentLine } from '../audience/index.ts';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';

/** A value that the browser has not come for within this time is dropped. */
export const waitsMs = 14 * 86_400_000;
/** Of one advertiser, at once. */
const mostWaiting = 50_000;

/**
 * Leaves a value for a browser, in place of one that still waits. @throws AppError `conflict`
 * @returns until when it waits
 */
export async function leaveValue(
  db: Kysely<Tables>,
  advertiser: number,
  visitor: string,
  value: string,
  nowMs: number,
): Promise<Date> {
  const sentAt = new Date(nowMs);
  await db.transaction().execute(async (transaction) => {
    const waiting = await transaction
      .selectFrom('sent_values')
      .select(sql<number>`count(*)::int`.as('count'))
      .where('advertiser_id', '=', advertiser)
      .where('visitor', '!=', visitor)
      .executeTakeFirstOrThrow();
    if (waiting.count >= mostWaiting)
      throw new AppError('conflict', `${mostWaiting} values wait for their browsers already.`);
    await transaction
      .insertInto('sent_values')
      .values({ advertiser_id: advertiser, visitor, value, sent_at: sentAt })
      .onConflict((on) => on.columns(['advertiser_id', 'visitor']).doUpdateSet({ value, sent_at: sentAt }))
      .execute();
  });
  return new Date(nowMs + waitsMs);
}

/** Grows with each change. */
export async function valuesVersion(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('sent_values_version').select('version').executeTakeFirstOrThrow();
  return row.version;
}

/** All that wait. */
export async function waitingValues(db: Kysely<Tables>): Promise<readonly SentLine[]> {
  const rows = await db.selectFrom('sent_values').selectAll().orderBy('sent_at').execute();
  return rows.map((row) => [
    ...([row.advertiser_id, row.visitor] as const),
    ...([Math.floor(row.sent_at.getTime() / 1000), row.value] as const),
  ]);
}

/** Deletes what has waited for too long. */
export async function dropOldValues(db: Kysely<Tables>, nowMs: number): Promise<void> {
  const old = db
    .selectFrom('sent_values')
    .select('visitor')
    .where('sent_at', '<', new Date(nowMs - waitsMs));
  // A statement that deletes nothing would still be a change to all workers.
  if ((await old.executeTakeFirst()) === undefined) return;
  await db
    .deleteFrom('sent_values')
    .where('sent_at', '<', new Date(nowMs - waitsMs))
    .execute();
}
