import { z } from 'zod';
import { answered, commonOutput, demandStatus, id, name, timeInput } from '../fields.ts';
import { lineItemTypes } from '../snapshot.ts';
import { type EntityDefinition, fieldError } from '../store.ts';
import { type Targeting, targetingSchema } from '../targeting.ts';
import { targetingInput } from '../targeting-input.ts';

const campaignId = id.meta({ description: 'The campaign it belongs to; cannot change.', example: 5 });
const type = z.enum(lineItemTypes).meta({
  description: 'Order of precedence: whatever fits of an earlier type goes before all of a later one.',
  example: 'standard',
});
const weight = z.int().min(1).max(1_000_000).meta({
  description: 'Share among the line items of the same type that fit: 2 is shown twice as often as 1.',
  example: 1,
});
const startAt = timeInput.nullable().meta({ description: 'First moment; null: since ever.' });
const endAt = timeInput.nullable().meta({ description: 'First moment after the end; null: for ever.' });
const targeting = targetingInput.nullable().meta({
  description: 'Who sees it; null: everybody, everywhere.',
  example: { on: 'country', in: ['TW'] },
});

const createSchema = z
  .strictObject({
    campaignId,
    name,
    type,
    status: demandStatus.default('active'),
    weight: weight.default(1),
    startAt: startAt.default(null),
    endAt: endAt.default(null),
    targeting: targeting.default(null),
  })
  .meta({
    id: 'LineItemCreate',
    example: { campaignId: 5, name: 'Taiwan', type: 'standard', targeting: { on: 'country', in: ['TW'] } },
  });
const patchSchema = z
  .strictObject({ name, type, status: demandStatus, weight, startAt, endAt, targeting })
  .partial()
  .meta({ id: 'LineItemPatch', example: { weight: 3, endAt: '2026-12-31T00:00:00Z' } });
const outputSchema = z
  .object({
    ...answered,
    campaignId,
    name,
    status: demandStatus,
    type,
    weight,
    startAt: z.iso.datetime().nullable(),
    endAt: z.iso.datetime().nullable(),
    targeting: targetingSchema.nullable(),
  })
  .meta({ id: 'LineItem', description: 'When, where, to whom and how often creatives are shown.' });

export type LineItemCreate = z.output<typeof createSchema>;
export type LineItemPatch = z.output<typeof patchSchema>;
export type LineItem = z.output<typeof outputSchema>;

function checkDates(start: Date | null, end: Date | null): void {
  if (start !== null && end !== null && end <= start) {
    throw fieldError('/endAt', `must be later than startAt (${start.toISOString()})`);
  }
}

const dateOf = (text: string | null) => (text === null ? null : new Date(text));
const jsonOf = (rule: Targeting | null) => (rule === null ? null : JSON.stringify(rule));

export const lineItemDefinition: EntityDefinition<'line_items', LineItemCreate, LineItemPatch, LineItem> = {
  table: 'line_items',
  word: 'line item',
  parent: { table: 'campaigns', word: 'campaign', column: 'campaign_id', property: 'campaignId' },
  createSchema,
  patchSchema,
  outputSchema,
  toOutput: (row) => ({
    ...commonOutput(row),
    campaignId: row.campaign_id,
    status: row.status,
    type: row.type,
    weight: row.weight,
    startAt: row.start_at?.toISOString() ?? null,
    endAt: row.end_at?.toISOString() ?? null,
    targeting: row.targeting as Targeting | null,
  }),
  async toInsert({ campaignId, startAt, endAt, targeting, ...rest }) {
    const dates = { start_at: dateOf(startAt), end_at: dateOf(endAt) };
    checkDates(dates.start_at, dates.end_at);
    return { ...rest, ...dates, campaign_id: campaignId, targeting: jsonOf(targeting) };
  },
  async toUpdate({ startAt, endAt, targeting, ...rest }, current) {
    const dates = {
      start_at: startAt === undefined ? undefined : dateOf(startAt),
      end_at: endAt === undefined ? undefined : dateOf(endAt),
    };
    checkDates(
      dates.start_at === undefined ? current.start_at : dates.start_at,
      dates.end_at === undefined ? current.end_at : dates.end_at,
    );
    return { ...rest, ...dates, targeting: targeting === undefined ? undefined : jsonOf(targeting) };
  },
};
