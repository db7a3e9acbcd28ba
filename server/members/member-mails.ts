import type { Selectable } from 'kysely';
import type { Tables } from '../database/index.ts';
import { languageOf } from '../delivery/privacy/words.ts';
import type { Letter } from '../mail/index.ts';
import { memberLetter } from './letters.ts';
import { putMemberLink } from './member-links.ts';
import { findByEmail, findByLookup, findMember, type Member, type MemberParts } from './member-store.ts';
import { openFor, sealFor, uses } from './personal.ts';

type Queued = Selectable<Tables['mails']>;

/** Of letters with a link to a new password nobody gets more than one in this time. */
const resetEveryMs = 5 * 60_000;

export type MemberPage = 'verify' | 'email' | 'password' | 'account';

export interface MemberMailParts extends MemberParts {
  /** Where members do what a letter brings a link for; `token` is undefined for the account. */
  pageOf(page: MemberPage, about: { site: number; language: string; token?: string }): string;
}

/** What is to be sent; undefined: nothing, to nobody. */
export async function letterOf(
  parts: MemberMailParts,
  queued: Queued,
  nowMs: number,
): Promise<{ letter: Letter; memberId: number } | undefined> {
  const member = await recipientOf(parts, queued);
  if (member === undefined) return undefined;
  const { row, personal } = member;
  const { domain: site } = await parts.db
    .selectFrom('sites')
    .select('domain')
    .where('id', '=', row.site_id)
    .executeTakeFirstOrThrow();
  const language = languageOf(personal.preferences.language);
  const link = (page: MemberPage, token?: string) =>
    parts.pageOf(page, { site: row.site_id, language, ...(token === undefined ? {} : { token }) });
  const to = personal.email;
  const memberId = row.id;
  switch (queued.kind) {
    case 'member_verify': {
      if (row.status === 'active') return undefined;
      if ((await findByEmail(parts, row.site_id, to)) !== undefined) {
        return { letter: memberLetter('exists', { to, language, site, url: link('account') }), memberId };
      }
      const { token } = await putMemberLink(parts.db, memberId, 'verify');
      return { letter: memberLetter('verify', { to, language, site, url: link('verify', token) }), memberId };
    }
    case 'member_reset': {
      if (await hadReset(parts, memberId, nowMs)) return undefined;
      const { token } = await putMemberLink(parts.db, memberId, 'password');
      return {
        letter: memberLetter('password', { to, language, site, url: link('password', token) }),
        memberId,
      };
    }
    case 'member_email': {
      const email = queued.about && openFor<string>(member.key, uses.email(memberId), queued.about);
      if (email == null) return undefined;
      const sealed = sealFor(member.key, uses.email(memberId), email);
      const { token } = await putMemberLink(parts.db, memberId, 'email', sealed);
      const url = link('email', token);
      return { letter: memberLetter('email', { to: email, language, site, url }), memberId };
    }
    default: {
      const told =
        queued.about && openFor<{ country: string }>(member.key, uses.signIn(memberId), queued.about);
      if (told == null) return undefined;
      const url = link('account');
      return {
        letter: memberLetter('country', { to, language, site, url, country: told.country }),
        memberId,
      };
    }
  }
}

function recipientOf(parts: MemberParts, { member_id, member_lookup }: Queued): Promise<Member | undefined> {
  if (member_id !== null) return findMember(parts, member_id);
  return member_lookup === null ? Promise.resolve(undefined) : findByLookup(parts, member_lookup);
}

async function hadReset({ db }: MemberParts, memberId: number, nowMs: number): Promise<boolean> {
  const sent = await db
    .selectFrom('mails')
    .select('id')
    .where('member_id', '=', memberId)
    .where('kind', '=', 'member_reset')
    .where('status', '=', 'sent')
    .where('ended_at', '>', new Date(nowMs - resetEveryMs))
    .executeTakeFirst();
  return sent !== undefined;
}
