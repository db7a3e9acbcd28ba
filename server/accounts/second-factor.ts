import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { fieldError } from '../inventory/index.ts';
import type { Sealer } from '../secrets/index.ts';
import type { Attempts } from './attempts.ts';
import type { Identity } from './identity.ts';
import { isPassword } from './password-hash.ts';
import { hashOf } from './secret-text.ts';
import { base32, stepOfCode } from './totp.ts';

const recoveryCodes = 10;
const issuer = 'Signpost';
const keptOf = (code: string): string => hashOf(code.replaceAll('-', '').toLowerCase()).toString('hex');
/** What a user's secret is sealed for. */
const purposeOf = (userId: number): string => `second_factor ${userId}`;
const conflict = (detail: string) => new AppError('conflict', detail);

/**
 * A new secret for an authenticator app, in base32 and as the address of a QR code. It is asked for at signing in once
 * `confirmSecondFactor` has shown that the app has it.
 * @throws AppError `conflict` where there is one already, or for who has not signed in
 */
export async function beginSecondFactor(
  db: Kysely<Tables>,
  sealer: Sealer,
  { userId, sessionId }: Identity,
): Promise<{ secret: string; uri: string }> {
  // A key that has got lost must not lock its owner out.
  if (userId === null || sessionId === null) throw conflict('Sign in with your password to do this.');
  const user = await db
    .selectFrom('users')
    .select(['name', 'email'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  const plain = randomBytes(20);
  const secret = sealer.seal(purposeOf(userId), plain);
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('second_factors')
    .values({ user_id: userId, secret })
    .onConflict((existing) =>
      existing.column('user_id').doUpdateSet({ secret }).where('second_factors.confirmed_at', 'is', null),
    )
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw conflict('There is a second factor already. Remove it first.');
  const label = encodeURIComponent(`${issuer}:${user.email ?? user.name}`);
  return {
    secret: base32(plain),
    uri: `otpauth://totp/${label}?secret=${base32(plain)}&issuer=${issuer}`,
  };
}

/**
 * From now on signing in takes a code.
 * @returns recovery codes, this once: each stands in for a code of the app one time
 * @throws AppError `invalid_input` where the code is wrong, `too_many_attempts`
 */
export async function confirmSecondFactor(
  db: Kysely<Tables>,
  sealer: Sealer,
  { userId }: Identity,
  attempts: Attempts,
  { code, address }: { code: string; address: string },
): Promise<readonly string[]> {
  const attempt = attempts.begin(`user ${userId}`, address);
  const codes = Array.from({ length: recoveryCodes }, () =>
    randomBytes(8)
      .toString('hex')
      .replace(/(.{4})(?!$)/g, '$1-'),
  );
  await db.transaction().execute(async (transaction) => {
    const begun = await transaction
      .selectFrom('second_factors')
      .select(['secret'])
      .where('user_id', '=', userId ?? 0)
      .where('confirmed_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    const secret = begun && sealer.open(purposeOf(userId ?? 0), begun.secret);
    const step = secret && stepOfCode(secret, code, Date.now(), 0);
    if (step === undefined) throw fieldError('/code', 'is not what the app shows now');
    await transaction
      .updateTable('second_factors')
      .set({ confirmed_at: new Date(), last_step: step, recovery_hashes: codes.map(keptOf) })
      .where('user_id', '=', userId ?? 0)
      .execute();
  });
  attempt.succeeded();
  return codes;
}

/** Removes one's own second factor. @throws AppError `invalid_input` where the password is wrong, `too_many_attempts` */
export async function removeOwnSecondFactor(
  db: Kysely<Tables>,
  { userId }: Identity,
  attempts: Attempts,
  { password, address }: { password: string; address: string },
): Promise<void> {
  const attempt = attempts.begin(`user ${userId}`, address);
  const user = await db
    .selectFrom('users')
    .select('password')
    .where('id', '=', userId ?? 0)
    .executeTakeFirst();
  if (!(await isPassword(user?.password ?? null, password))) {
    throw fieldError('/password', 'is not your password');
  }
  attempt.succeeded();
  await removeSecondFactor(db, userId ?? 0);
}

/** Whether signing in takes a code. */
export async function hasSecondFactor(db: Kysely<Tables>, userId: number): Promise<boolean> {
  const factor = await db
    .selectFrom('second_factors')
    .select('user_id')
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  return factor !== undefined;
}

/** For somebody who has lost the app and the recovery codes. */
export async function removeSecondFactor(db: Kysely<Tables>, userId: number): Promise<void> {
  await db.deleteFrom('second_factors').where('user_id', '=', userId).execute();
}

/**
 * Takes the second factor of somebody who knows the password, where they have one. A code is good once.
 * @returns whether they may sign in; `needed`: no code was given
 */
export function passSecondFactor(
  db: Kysely<Tables>,
  sealer: Sealer,
  userId: number,
  code: string | undefined,
): Promise<'passed' | 'wrong' | 'needed'> {
  return db.transaction().execute(async (transaction) => {
    const factor = await transaction
      .selectFrom('second_factors')
      .selectAll()
      .where('user_id', '=', userId)
      .where('confirmed_at', 'is not', null)
      .forUpdate()
      .executeTakeFirst();
    if (factor === undefined) return 'passed';
    if (code === undefined) return 'needed';
    // Where no key opens it, recovery codes are left.
    const secret = sealer.open(purposeOf(userId), factor.secret);
    const step = secret && stepOfCode(secret, code, Date.now(), factor.last_step);
    const left = factor.recovery_hashes.filter((hash) => hash !== keptOf(code));
    if (step === undefined && left.length === factor.recovery_hashes.length) return 'wrong';
    const change = step === undefined ? { recovery_hashes: left } : { last_step: step };
    await transaction.updateTable('second_factors').set(change).where('user_id', '=', userId).execute();
    return 'passed';
  });
}

/**
 * Seals with the newest key what an older one has sealed.
 * @returns how many; `lost`: those that no key opens
 */
export async function resealSecondFactors(
  db: Kysely<Tables>,
  sealer: Sealer,
): Promise<{ resealed: number; lost: number }> {
  const rows = await db.selectFrom('second_factors').select(['user_id', 'secret']).execute();
  const counts = { resealed: 0, lost: 0 };
  for (const { user_id, secret } of rows) {
    const plain = sealer.open(purposeOf(user_id), secret);
    if (plain === undefined) counts.lost++;
    else if (sealer.isOld(secret)) {
      await db
        .updateTable('second_factors')
        .set({ secret: sealer.seal(purposeOf(user_id), plain) })
        .where('user_id', '=', user_id)
        .where('secret', '=', secret)
        .execute();
      counts.resealed++;
    }
  }
  return counts;
}
