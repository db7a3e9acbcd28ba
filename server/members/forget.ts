import { sql } from 'kysely';
import { forgetRegistrations } from './erase.ts';
import { memberSessionMs } from './member-accounts.ts';
import { type MemberParts, settleMembers } from './member-store.ts';

const dayMs = 86_400_000;

export interface MemberForgetting extends MemberParts {
  /** For how long sign-ins and proofs are kept. */
  readonly signInDays: number;
  readonly proofDays: number;
}

type Forgotten = Readonly<
  Record<'signIns' | 'proofs' | 'sessions' | 'links' | 'registrations' | 'found', number>
>;

/** Removes what is over, and makes lookups that a crash of the database has lost. */
export async function forgetMemberData(parts: MemberForgetting, nowMs: number): Promise<Forgotten> {
  const { found } = await settleMembers(parts);
  const registrations = await forgetRegistrations(parts, nowMs);
  const removed = async (table: string, column: string, beforeMs: number) => {
    const { numAffectedRows = 0n } = await sql`
      DELETE FROM ${sql.table(table)} WHERE ${sql.ref(column)} < ${new Date(beforeMs)}`.execute(parts.db);
    return Number(numAffectedRows);
  };
  return {
    signIns: await removed('member_sign_ins', 'at', nowMs - parts.signInDays * dayMs),
    proofs: await removed('member_proofs', 'at', nowMs - parts.proofDays * dayMs),
    sessions: await removed('member_sessions', 'created_at', nowMs - memberSessionMs),
    links: await removed('member_links', 'expires_at', nowMs),
    ...{ registrations, found },
  };
}
