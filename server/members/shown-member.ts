import type { Member } from './member-store.ts';

/** A member as members see themselves. */
export function shownMember({ row, personal }: Member) {
  return {
    id: row.id,
    site: row.site_id,
    email: personal.email,
    name: personal.name,
    profile: { ...personal.profile },
    preferences: { ...personal.preferences },
    news: { optedIn: row.news, at: row.news_at?.toISOString() ?? null },
    createdAt: row.created_at.toISOString(),
    verifiedAt: row.verified_at?.toISOString() ?? null,
  };
}
