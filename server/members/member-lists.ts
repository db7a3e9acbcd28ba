import { stringify } from 'csv-stringify/sync';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { csvCell } from '../../analytics/index.ts';
import type { Visible } from '../inventory/index.ts';
import { type Member, type MemberParts, openMember } from './member-store.ts';
import { unsubscribeToken } from './personal.ts';

export interface MemberFilter {
  readonly siteId?: number | undefined;
  readonly country?: string | undefined;
  readonly region?: string | undefined;
}

interface Page {
  readonly limit: number;
  readonly after?: number | undefined;
}

/** Condition on a row: of one's own sites, and what is asked for. */
export function memberCondition(visible: Visible, filter: MemberFilter): RawBuilder<SqlBool> {
  const conditions = [
    visible === 'all' ? sql`true` : sql`site_id = ANY (${[...visible.sites]}::int[])`,
    ...(filter.siteId === undefined ? [] : [sql`site_id = ${filter.siteId}`]),
    ...(filter.country === undefined ? [] : [sql`country = ${filter.country}`]),
    ...(filter.region === undefined ? [] : [sql`region = ${filter.region}`]),
  ];
  return sql<SqlBool>`(${sql.join(conditions, sql` AND `)})`;
}

/** Members by ascending number; those whose keys are gone are none. */
export async function listMembers(
  { db, keys }: MemberParts,
  condition: RawBuilder<SqlBool>,
  { limit, after = 0 }: Page,
): Promise<{ items: Member[]; next: number | null }> {
  const rows = await db
    .selectFrom('members')
    .selectAll()
    .where(condition)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const items: Member[] = [];
  for (const row of rows.slice(0, limit)) {
    const member = await openMember(keys, row);
    if (member !== undefined) items.push(member);
  }
  return { items, next: rows.length > limit ? (rows[limit - 1]?.id ?? null) : null };
}

export const wantsNews = (condition: RawBuilder<SqlBool>): RawBuilder<SqlBool> =>
  sql<SqlBool>`(${condition} AND news AND status = 'active')`;

export function newsLine({ row, personal }: Member) {
  return {
    ...{ id: row.id, siteId: row.site_id, email: personal.email, name: personal.name },
    ...{ language: personal.preferences.language, country: row.country, region: row.region },
    optedInAt: row.news_at?.toISOString() ?? null,
  };
}

const columns = ['email', 'name', 'language', 'country', 'region', 'opted_in_at', 'unsubscribe_url'];

/**
 * Everybody who wants news, as CSV (RFC 4180) for a mailing system. A text that a spreadsheet would take for a formula gets
 * a `'` in front.
 * @param publicUrl where browsers reach delivery
 */
export async function* newsCsv(
  parts: MemberParts,
  condition: RawBuilder<SqlBool>,
  publicUrl: string,
): AsyncGenerator<string> {
  yield lines([columns]);
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof listMembers>> = await listMembers(parts, wantsNews(condition), {
      limit: 500,
      after,
    });
    if (page.items.length > 0) {
      yield lines(
        page.items.map((member) => {
          const { email, name, language, country, region, optedInAt } = newsLine(member);
          const token = unsubscribeToken(parts.keys.lookupKey, member.row.id);
          const url = `${publicUrl}/v1/members/unsubscribe?token=${token}`;
          return [email, name, language, country, region, optedInAt, url].map(csvCell);
        }),
      );
    }
    after = page.next;
  }
}

const lines = (records: string[][]): string => stringify(records, { record_delimiter: '\r\n' });

export interface RegionCount {
  /** null: together, of places with too few; or unknown. */
  readonly country: string | null;
  readonly region: string | null;
  readonly other: boolean;
  readonly members: number;
  readonly optedIn: number | null;
}

/**
 * How many verified members there are by the region they last signed in from. Regions with fewer than `k` members are put
 * together as other, and so is the next smallest where the rest would be about fewer than `k`; what is left of fewer than
 * `k` is not shown at all. `optedIn` is null where it, or its difference to all, is about fewer than `k`.
 */
export async function membersByRegion(
  { db }: MemberParts,
  condition: RawBuilder<SqlBool>,
  k: number,
): Promise<RegionCount[]> {
  const { rows } = await sql<{
    country: string | null;
    region: string | null;
    members: number;
    opted_in: number;
  }>`
    SELECT country, region, count(*)::int AS members, count(*) FILTER (WHERE news)::int AS opted_in
    FROM members WHERE ${condition} AND status = 'active'
    GROUP BY country, region ORDER BY members DESC, country, region`.execute(db);
  const shown = rows.filter(({ members }) => members >= k);
  const folded = rows.filter(({ members }) => members < k);
  const sum = (all: typeof rows, of: 'members' | 'opted_in') =>
    all.reduce((total, row) => total + row[of], 0);
  if (folded.length > 0 && sum(folded, 'members') < k) {
    const smallest = shown.pop();
    if (smallest !== undefined) folded.push(smallest);
  }
  const tellable = (members: number, optedIn: number) =>
    (optedIn === 0 || optedIn >= k) && (optedIn === members || members - optedIn >= k) ? optedIn : null;
  const counts = shown.map(({ country, region, members, opted_in }) => ({
    ...{ country, region, other: false, members, optedIn: tellable(members, opted_in) },
  }));
  const rest = sum(folded, 'members');
  if (rest < k) return counts;
  const optedIn = tellable(rest, sum(folded, 'opted_in'));
  return [...counts, { country: null, region: null, other: true, members: rest, optedIn }];
}
