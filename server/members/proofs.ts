import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';

export interface NewsProof {
  readonly action: 'opt_in' | 'opt_out';
  /** What the member was shown. */
  readonly wording: string;
  readonly language: string;
  readonly source: Tables['member_proofs']['source'];
  readonly siteId: number;
  readonly memberId: number;
  /** See `lookupOf`. */
  readonly subject: Uint8Array;
  /** Whether the address was verified then. */
  readonly confirmed: boolean;
}

/** Writes down that somebody agreed to news and offers, or took it back. */
export async function recordNews(db: Kysely<Tables>, proof: NewsProof): Promise<void> {
  const { action, wording, language, source, siteId, memberId, subject, confirmed } = proof;
  await db
    .insertInto('member_proofs')
    .values({
      ...{ action, wording, language, source, site_id: siteId, member_id: memberId },
      subject: Buffer.from(subject),
      confirmed_at: confirmed ? new Date() : null,
    })
    .execute();
}

export async function proofsOf(db: Kysely<Tables>, memberId: number) {
  const rows = await db
    .selectFrom('member_proofs')
    .selectAll()
    .where('member_id', '=', memberId)
    .orderBy('id')
    .execute();
  return rows.map(({ id, at, action, wording, language, source, confirmed_at }) => ({
    ...{ id, at: at.toISOString(), action, wording, language, source },
    confirmedAt: confirmed_at?.toISOString() ?? null,
  }));
}
