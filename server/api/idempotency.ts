import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Kysely, Transaction } from 'kysely';
import type { Identity } from '../accounts/index.ts';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';

/** For how long an answer is kept, in milliseconds. */
const keptMs = 24 * 3_600_000;

/** A creation that is to be done once, however often it is asked for. */
export interface Claim {
  readonly owner: string;
  readonly key: string;
  readonly fingerprint: Buffer;
}

/** What a creation answers. */
export interface Created<Value> {
  readonly value: Value;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The claim that a request makes by its `Idempotency-Key`; undefined where it has none. Keys of one user are one's own
 * whichever way they come in.
 * @throws AppError `invalid_input`
 */
export function claimOf(request: Request, who: Identity, body: unknown): Claim | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    const message = 'must have 1 to 255 printable characters of ASCII, without spaces';
    const fields = [{ path: '/Idempotency-Key', message }];
    throw new AppError('invalid_input', `The header Idempotency-Key ${message}.`, { fields });
  }
  const told = Buffer.isBuffer(body) ? createHash('sha256').update(body).digest('base64') : body;
  const asked = JSON.stringify([request.method, request.originalUrl, told]);
  return { owner: ownerOf(who), key, fingerprint: createHash('sha256').update(asked).digest() };
}

/** Whose something is that belongs to no entity: a user's, or that of an advertiser's own key. */
export function ownerOf({ userId, keyId }: Identity): string {
  if (userId !== null) return `user ${userId}`;
  return keyId === null ? 'local' : `key ${keyId}`;
}

/**
 * Does the work in a transaction. Under a claim that was done before, it is not done, and the answer is that of the first
 * time. The answer is kept in the work's own transaction, so there is one with the other or neither; of two at the same
 * time the second waits for the first. What fails is not kept: it may be tried again.
 * @throws AppError `idempotency_key_reused`
 */
export function once<Value>(
  db: Kysely<Tables>,
  claim: Claim | undefined,
  work: (transaction: Transaction<Tables>) => Promise<Created<Value>>,
): Promise<Created<Value>> {
  return db.transaction().execute(async (transaction) => {
    if (claim === undefined) return work(transaction);
    const { owner, key, fingerprint } = claim;
    await forgetAnswers(transaction, Date.now());
    const { numInsertedOrUpdatedRows: claimed } = await transaction
      .insertInto('idempotency_keys')
      .values({ owner, key, fingerprint })
      .onConflict((conflict) => conflict.columns(['owner', 'key']).doNothing())
      .executeTakeFirstOrThrow();
    if (claimed === 0n) return answered<Value>(transaction, claim);
    const created = await work(transaction);
    await transaction
      .updateTable('idempotency_keys')
      .set({ answer: JSON.stringify(created) })
      .where('owner', '=', owner)
      .where('key', '=', key)
      .execute();
    return created;
  });
}

/** Removes answers that are not kept any longer. @returns how many */
export async function forgetAnswers(db: Kysely<Tables>, nowMs: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('idempotency_keys')
    .where('created_at', '<', new Date(nowMs - keptMs))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

async function answered<Value>(transaction: Transaction<Tables>, claim: Claim): Promise<Created<Value>> {
  const { fingerprint, answer } = await transaction
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'answer'])
    .where('owner', '=', claim.owner)
    .where('key', '=', claim.key)
    .executeTakeFirstOrThrow();
  if (!claim.fingerprint.equals(fingerprint) || answer === null) {
    throw new AppError(
      'idempotency_key_reused',
      'This Idempotency-Key was used for another request. Take a new key for each thing to create.',
    );
  }
  const { value, headers } = answer as Created<Value>;
  return { value, headers: { ...headers, 'Idempotency-Replayed': 'true' } };
}
