import { signInsOf } from './member-accounts.ts';
import type { Member, MemberParts } from './member-store.ts';
import { proofsOf } from './proofs.ts';
import { shownMember } from './shown-member.ts';

/** All that is held about a member. Of the password there is nothing to tell but that there is one. */
export async function exportOf(parts: MemberParts, { row, personal, key }: Member) {
  const sessions = await parts.db
    .selectFrom('member_sessions')
    .select('created_at')
    .where('member_id', '=', row.id)
    .orderBy('id')
    .execute();
  const requests = await parts.db
    .selectFrom('member_requests')
    .select(['kind', 'status', 'received_at', 'done_at'])
    .where('member_id', '=', row.id)
    .orderBy('id')
    .execute();
  return {
    exportedAt: new Date().toISOString(),
    member: shownMember({ row, personal, key }),
    hasPassword: personal.password !== null,
    lastSignIn: {
      at: row.last_sign_in_at?.toISOString() ?? null,
      country: row.country,
      region: row.region,
    },
    signIns: await signInsOf(parts, row.id, key),
    sessions: sessions.map(({ created_at }) => ({ since: created_at.toISOString() })),
    visitorNumbers: [...personal.visitors],
    newsProofs: await proofsOf(parts.db, row.id),
    requests: requests.map(({ kind, status, received_at, done_at }) => ({
      ...{ kind, status, receivedAt: received_at.toISOString() },
      doneAt: done_at?.toISOString() ?? null,
    })),
  };
}
