import type { Kysely } from 'kysely';
import { hashOf, newSecretText } from '../accounts/secret-text.ts';
import type { Tables } from '../database/index.ts';
import { fieldError } from '../inventory/index.ts';

const dayMs = 86_400_000;
export type LinkPurpose = Tables['member_links']['purpose'];
const lifeMs: Readonly<Record<LinkPurpose, number>> = {
  verify: 3 * dayMs,
  password: dayMs,
  email: 3 * dayMs,
};
export const unverifiedMs = lifeMs.verify;

/** A new link of a member, in place of an earlier one for the same. */
export async function putMemberLink(
  db: Kysely<Tables>,
  memberId: number,
  purpose: LinkPurpose,
  personal: Uint8Array | null = null,
): Promise<{ token: string; expiresAt: Date }> {
  const { text: token, hash } = newSecretText('spm_');
  const expiresAt = new Date(Date.now() + lifeMs[purpose]);
  await db
    .deleteFrom('member_links')
    .where('member_id', '=', memberId)
    .where('purpose', '=', purpose)
    .execute();
  await db
    .insertInto('member_links')
    .values({ hash, member_id: memberId, purpose, personal, expires_at: expiresAt })
    .execute();
  return { token, expiresAt };
}

/** Uses a link up. @throws AppError `invalid_input` where it is none, or has ended */
export async function spendMemberLink(
  transaction: Kysely<Tables>,
  token: string,
  purposes: readonly LinkPurpose[],
): Promise<{ memberId: number; purpose: LinkPurpose; personal: Uint8Array | null }> {
  const link = await transaction
    .deleteFrom('member_links')
    .where('hash', '=', hashOf(token))
    .where('purpose', 'in', [...purposes])
    .where('expires_at', '>', new Date())
    .returning(['member_id', 'purpose', 'personal'])
    .executeTakeFirst();
  if (link === undefined) throw unusableToken();
  return { memberId: link.member_id, purpose: link.purpose, personal: link.personal };
}

export const unusableToken = () =>
  fieldError('/token', 'is none that can be used: it may be too old, or used');
