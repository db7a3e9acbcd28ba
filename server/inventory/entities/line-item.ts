import { z } from 'zod';
import {
  budget,
  caps,
  capsJson,
  checkTerms,
  goal,
  jsonOf,
  pacing,
  price,
  roadblock,
  share,
  timeZone,
} from '../delivery-fields.ts';
import type { Budget, Cap, Goal, Price } from '../delivery-terms.ts';
import { answered, commonOutput, demandStatus, externalId, id, name, timeInput } from '../fields.ts';
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

const terms = { share, goal, budget, price, pacing, timeZone, caps, roadblock, externalId };

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
    share: share.default(null),
    goal: goal.default(null),
    budget: budget.default(null),
    price: price.default(null),
    pacing: pacing.default('even'),
    timeZone: timeZone.default('UTC'),
    caps: caps.default([]),
    roadblock: roadblock.default(false),
    externalId: externalId.default(null),
  })
  .meta({
    id: 'LineItemCreate',
    example: { campaignId: 5, name: 'Taiwan', type: 'standard', targeting: { on: 'country', in: ['TW'] } },
  });
const patchSchema = z
  .strictObject({ name, type, status: demandStatus, weight, startAt, endAt, targeting, ...terms })
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
    ...terms,
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
const changedJson = (value: object | null | undefined) => (value === undefined ? undefined : jsonOf(value));

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
    share: row.share,
    goal: row.goal as Goal | null,
    budget: row.budget as Budget | null,
    price: row.price as Price | null,
    pacing: row.pacing,
    timeZone: row.time_zone,
    caps: row.caps as Cap[],
    roadblock: row.roadblock,
    externalId: row.external_id,
  }),
  async toInsert(input) {
    const { campaignId, startAt, endAt, targeting, goal, budget, price, timeZone, caps, ...others } = input;
    const { externalId: external, ...rest } = others;
    const dates = { start_at: dateOf(startAt), end_at: dateOf(endAt) };
    checkDates(dates.start_at, dates.end_at);
    checkTerms({ ...rest, endAt: dates.end_at, goal, budget, price });
    return {
      ...rest,
      ...dates,
      campaign_id: campaignId,
      external_id: external,
      targeting: jsonOf(targeting),
      goal: jsonOf(goal),
      budget: jsonOf(budget),
      price: jsonOf(price),
      time_zone: timeZone,
      caps: capsJson(caps),
    };
  },
  async toUpdate({ startAt, endAt, targeting, goal, budget, price, timeZone, caps, ...others }, current) {
    const { externalId: external, ...rest } = others;
    const dates = {
      start_at: startAt === undefined ? undefined : dateOf(startAt),
      end_at: endAt === undefined ? undefined : dateOf(endAt),
    };
    const ends = dates.end_at === undefined ? current.end_at : dates.end_at;
    checkDates(dates.start_at === undefined ? current.start_at : dates.start_at, ends);
    checkTerms({
      type: rest.type ?? current.type,
      endAt: ends,
      share: rest.share === undefined ? current.share : rest.share,
      goal: goal === undefined ? (current.goal as Goal | null) : goal,
      budget: budget === undefined ? (current.budget as Budget | null) : budget,
      price: price === undefined ? (current.price as Price | null) : price,
      pacing: rest.pacing ?? current.pacing,
    });
    return {
      ...rest,
      ...dates,
      external_id: external,
      targeting: changedJson(targeting),
      goal: changedJson(goal),
      budget: changedJson(budget),
      price: changedJson(price),
      time_zone: timeZone,
      caps: caps === undefined ? undefined : capsJson(caps),
    };
  },
};
