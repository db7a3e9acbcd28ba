import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { AppError } from '../errors.ts';
import type { EntityTable } from './store.ts';

/** What lists can be sorted by, and the expression that is compared: to the millisecond, as answers have it. */
const sortExpressions = {
  id: sql`id`,
  name: sql`lower(name)`,
  status: sql`status`,
  createdAt: sql`to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`,
  updatedAt: sql`to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`,
} as const;
export type SortKey = keyof typeof sortExpressions;
export const sortKeys = Object.keys(sortExpressions) as [SortKey, ...SortKey[]];
export type ListSort = SortKey | `-${SortKey}`;
/** A minus in front: descending. */
export const listSorts = sortKeys.flatMap((key): ListSort[] => [key, `-${key}`]) as [ListSort, ...ListSort[]];

/** What a list can be narrowed down by, beside its own columns: what its entities belong to, near and far. */
const ancestors: Readonly<
  Record<EntityTable, Readonly<Record<string, (id: number) => RawBuilder<SqlBool>>>>
> = {
  advertisers: {},
  campaigns: { advertiserId: (id) => sql`advertiser_id = ${id}` },
  conversion_actions: { advertiserId: (id) => sql`advertiser_id = ${id}` },
  line_items: {
    campaignId: (id) => sql`campaign_id = ${id}`,
    advertiserId: (id) => sql`campaign_id IN (SELECT c.id FROM campaigns c WHERE c.advertiser_id = ${id})`,
  },
  creatives: {
    lineItemId: (id) => sql`line_item_id = ${id}`,
    campaignId: (id) => sql`line_item_id IN (SELECT l.id FROM line_items l WHERE l.campaign_id = ${id})`,
    advertiserId: (id) =>
      sql`line_item_id IN (SELECT l.id FROM line_items l JOIN campaigns c ON c.id = l.campaign_id WHERE c.advertiser_id = ${id})`,
  },
  sites: {},
  zones: { siteId: (id) => sql`site_id = ${id}` },
  interest_categories: {},
  segments: {},
};

/** What a list can be narrowed down by, of its own columns. */
const ownColumns = {
  line_items: { type: 'type' },
  creatives: { type: 'type', approval: 'approval' },
} as const satisfies Partial<Record<EntityTable, Record<string, string>>>;

/** Names of the filters by what an entity belongs to, the nearest first. */
export const ancestorNames = (table: EntityTable): readonly string[] => Object.keys(ancestors[table]);

export interface ListOptions {
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly sort?: ListSort | undefined;
  /** Any of these. */
  readonly statuses?: readonly string[] | undefined;
  readonly ids?: readonly number[] | undefined;
  /** Part of the name, upper and lower case alike. */
  readonly name?: string | undefined;
  /** Ids of what it belongs to, by the filters' names. */
  readonly within?: Readonly<Record<string, number | undefined>>;
  /** Values of further columns, by the filters' names. */
  readonly equal?: Readonly<Record<string, string | undefined>>;
}

/** Condition that a row is in the list at all. */
export function listed(
  table: EntityTable,
  { statuses, ids, name, within = {}, equal = {} }: ListOptions,
): RawBuilder<SqlBool> {
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (statuses !== undefined) conditions.push(sql`status = ANY (${[...statuses]}::text[])`);
  if (ids !== undefined) conditions.push(sql`id = ANY (${[...ids]}::int[])`);
  if (name !== undefined) conditions.push(sql`position(lower(${name}) in lower(name)) > 0`);
  for (const [filter, id] of Object.entries(within)) {
    const condition = ancestors[table][filter];
    if (condition !== undefined && id !== undefined) conditions.push(condition(id));
  }
  const columns: Readonly<Record<string, string>> =
    table in ownColumns ? ownColumns[table as 'creatives'] : {};
  for (const [filter, value] of Object.entries(equal)) {
    const column = columns[filter];
    if (column !== undefined && value !== undefined) conditions.push(sql`${sql.ref(column)} = ${value}`);
  }
  return sql<SqlBool>`${sql.join(conditions, sql` AND `)}`;
}

/** The order of a list; where values are the same, by id. */
export function listOrder(sort: ListSort = 'id'): RawBuilder<unknown> {
  const { key, descending } = partsOf(sort);
  const direction = descending ? sql`DESC` : sql`ASC`;
  return key === 'id'
    ? sql`id ${direction}`
    : sql`${sortExpressions[key]} COLLATE "C" ${direction}, id ${direction}`;
}

/** The value that a row has its place in the list by. */
export const listPlace = (sort: ListSort = 'id'): RawBuilder<string | number> =>
  sql<string | number>`${sortExpressions[partsOf(sort).key]}`;

/**
 * Condition that a row comes after a cursor.
 * @throws AppError `invalid_input` where it is no cursor of this order
 */
export function listedAfter(cursor: string | undefined, sort: ListSort = 'id'): RawBuilder<SqlBool> {
  if (cursor === undefined) return sql<SqlBool>`true`;
  const { place, id } = placeOf(cursor, sort);
  const { key, descending } = partsOf(sort);
  const beyond = descending ? sql`<` : sql`>`;
  if (key === 'id') return sql<SqlBool>`id ${beyond} ${id}`;
  return sql<SqlBool>`(${sortExpressions[key]} COLLATE "C", id) ${beyond} (${place} COLLATE "C", ${id}::int)`;
}

function partsOf(sort: ListSort): { key: SortKey; descending: boolean } {
  const descending = sort.startsWith('-');
  return { key: (descending ? sort.slice(1) : sort) as SortKey, descending };
}

/** Where a page ended. It names its order, since another one would lead elsewhere. */
export function cursorOf(sort: ListSort = 'id', place: string | number, id: number): string {
  return Buffer.from(JSON.stringify([sort, String(place), id])).toString('base64url');
}

function placeOf(cursor: string, sort: ListSort): { place: string; id: number } {
  try {
    const [of, place, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const isId = Number.isInteger(id) && Math.abs(Number(id)) < 2 ** 31;
    if (of === sort && typeof place === 'string' && !place.includes('\0') && isId)
      return { place, id: Number(id) };
  } catch {
    // Answered like one of another order.
  }
  const fields = [{ path: '/after', message: 'must be `next` of a page with the same sort' }];
  throw new AppError('invalid_input', 'after must be `next` of a page with the same sort.', { fields });
}
