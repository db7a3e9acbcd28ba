import { forgetRegistrations } from './erase.ts';
import { forgetOld } from './member-lists.ts';
import { type MemberParts, settleMembers } from './member-store.ts';

const dayMs = 86_400_000;

export interface MemberForgetting extends MemberParts {
  /** For how long sign-ins and proofs are kept. */
  readonly signInDays: number;
  readonly proofDays: number;
}

/** Removes what is over, and makes lookups that a crash of the database has lost. */
export async function forgetMemberData(
  parts: MemberForgetting,
  nowMs: number,
): Promise<{ signIns: number; proofs: number; links: number; registrations: number; found: number }> {
  const before = (days: number) => new Date(nowMs - days * dayMs);
  const { found } = await settleMembers(parts);
  const registrations = await forgetRegistrations(parts, nowMs);
  const old = await forgetOld(parts.db, before(parts.signInDays), before(parts.proofDays));
  return { ...old, registrations, found };
}
