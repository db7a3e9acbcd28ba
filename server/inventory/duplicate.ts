import type { Insertable, Selectable, Transaction } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';

export interface DuplicateOptions {
  /** Of the copy. Default: that of the original, marked as a copy. */
  readonly name?: string | undefined;
  /** Of the copy itself; what belongs to it is as in the original. */
  readonly status: 'active' | 'paused';
}

/** Rows of one INSERT: PostgreSQL takes 65,535 values. */
const rowsAtOnce = 1000;
const maxNameLength = 200;

interface Common {
  readonly id: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly demo: boolean;
  readonly external_id: string | null;
}

/** A row as one would insert it again: without what the database sets by itself. */
function copyOf<Copied extends Common>(row: Copied) {
  const { id: _id, created_at: _made, updated_at: _changed, demo: _demo, external_id: _other, ...rest } = row;
  // jsonb is read as values and written as text.
  return Object.fromEntries(
    Object.entries(rest).map(([column, value]) => [
      column,
      typeof value === 'object' && value !== null && !(value instanceof Date) ? JSON.stringify(value) : value,
    ]),
  ) as Omit<Copied, keyof Common>;
}

function nameOf({ name }: { name: string }, given: string | undefined): string {
  if (given !== undefined) return given;
  const mark = ' (copy)';
  return `${[...name].slice(0, maxNameLength - mark.length).join('')}${mark}`;
}

/**
 * Copies a campaign with its line items and creatives, but for archived ones.
 * @returns the copy's id
 * @throws AppError `not_found`; `conflict` where the advertiser is archived
 */
export async function duplicateCampaign(
  transaction: Transaction<Tables>,
  id: number,
  { name, status }: DuplicateOptions,
): Promise<number> {
  const campaign = await transaction
    .selectFrom('campaigns')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (campaign === undefined) throw new AppError('not_found', `There is no campaign ${id}.`);
  await requireLive(transaction, 'advertisers', 'advertiser', campaign.advertiser_id);
  const copy = await transaction
    .insertInto('campaigns')
    .values({ ...copyOf(campaign), name: nameOf(campaign, name), status } as unknown as Insertable<
      Tables['campaigns']
    >)
    .returning('id')
    .executeTakeFirstOrThrow();
  const lineItems = await transaction
    .selectFrom('line_items')
    .selectAll()
    .where('campaign_id', '=', id)
    .where('status', '!=', 'archived')
    .orderBy('id')
    .execute();
  for (const lineItem of lineItems) await copyLineItem(transaction, lineItem, { campaign_id: copy.id });
  return copy.id;
}

/**
 * Copies a line item with its creatives, but for archived ones, within its campaign.
 * @returns the copy's id
 * @throws AppError `not_found`; `conflict` where the campaign is archived
 */
export async function duplicateLineItem(
  transaction: Transaction<Tables>,
  id: number,
  { name, status }: DuplicateOptions,
): Promise<number> {
  const lineItem = await transaction
    .selectFrom('line_items')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (lineItem === undefined) throw new AppError('not_found', `There is no line item ${id}.`);
  await requireLive(transaction, 'campaigns', 'campaign', lineItem.campaign_id);
  return copyLineItem(transaction, lineItem, { name: nameOf(lineItem, name), status });
}

async function copyLineItem(
  transaction: Transaction<Tables>,
  lineItem: Selectable<Tables['line_items']>,
  changes: object,
): Promise<number> {
  const copy = await transaction
    .insertInto('line_items')
    .values({ ...copyOf(lineItem), ...changes } as unknown as Insertable<Tables['line_items']>)
    .returning('id')
    .executeTakeFirstOrThrow();
  const creatives = await transaction
    .selectFrom('creatives')
    .selectAll()
    .where('line_item_id', '=', lineItem.id)
    .where('status', '!=', 'archived')
    .orderBy('id')
    .execute();
  const rows = creatives.map((creative) => ({ ...copyOf(creative), line_item_id: copy.id }));
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const part = rows.slice(at, at + rowsAtOnce) as unknown as Insertable<Tables['creatives']>[];
    await transaction.insertInto('creatives').values(part).execute();
  }
  return copy.id;
}

async function requireLive(
  transaction: Transaction<Tables>,
  table: 'advertisers' | 'campaigns',
  word: string,
  id: number,
): Promise<void> {
  const parent = await transaction
    .selectFrom(table as 'advertisers')
    .select('status')
    .where('id', '=', id)
    .forShare()
    .executeTakeFirst();
  if (parent?.status !== 'archived') return;
  throw new AppError('conflict', `The ${word} ${id} is archived. Make it active first.`);
}
