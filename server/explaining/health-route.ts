import { z } from 'zod';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import { createStore, lineItemDefinition, maxId } from '../inventory/index.ts';
import { type Health, type HealthParts, type HealthReason, healthOf, healthReasons } from './health.ts';
import { amount, goalAmount } from './pacing-state.ts';

const most = 200;
const idList = z
  .string()
  .regex(/^\d{1,10}(,\d{1,10})*$/, 'must be ids with commas between')
  .transform((text) => text.split(',').map(Number))
  .refine(
    (ids) => ids.length <= most && ids.every((id) => id >= 1 && id <= maxId),
    `must be at most ${most} ids`,
  )
  .meta({ description: 'Line items, with commas between.', example: '3,4,9', override: { type: 'string' } });
const parentId = integerText({
  min: 1,
  max: maxId,
  description: 'Only line items that belong to it.',
}).optional();

const reasons = Object.keys(healthReasons) as [HealthReason, ...HealthReason[]];
const event = z.int();
const healthSchema = z
  .object({
    id: z.int().meta({ description: "The line item's." }),
    state: z.enum(['idle', 'waiting', 'reached', 'ahead', 'on_plan', 'behind', 'running']).meta({
      description:
        'idle: it cannot deliver; waiting: it starts later; running: it delivers, and there is no plan.',
    }),
    reason: z
      .enum(reasons)
      .nullable()
      .meta({
        description: Object.entries(healthReasons)
          .map(([code, text]) => `${code}: ${text}`)
          .join(' '),
      }),
    text: z.string().nullable().meta({ description: 'The reason as a sentence.' }),
    goal: goalAmount.nullable(),
    budget: amount.nullable().meta({ description: "Micros of the account's currency." }),
    lastDay: z
      .object({
        requests: event.meta({ description: 'Ad requests of zones that take its creatives.' }),
        matching: event.meta({
          description: 'Of these, that match its targeting, as far as that is stored.',
        }),
        won: event.meta({ description: 'That it got.' }),
        impressions: event,
        viewable: event,
        clicks: event,
      })
      .nullable()
      .meta({ description: 'The last 24 hours; null where it cannot run.' }),
  })
  .meta({ id: 'LineItemHealth' });

/** Delivered against planned, and why, for a list of line items. */
export function healthRoute(parts: HealthParts & { readonly now: () => number }): Route {
  const lineItems = createStore(parts.db, lineItemDefinition);
  return defineRoute({
    method: 'get',
    path: '/line-item-health',
    tag: 'Line items',
    operationId: 'listLineItemHealth',
    summary: 'How line items are doing, and why',
    description: `Of those that are not archived, or of the ids given: at most ${most}, the youngest first.`,
    access: { area: 'inventory', roles: { admin: 'all', adops: 'all', advertiser: 'own' } },
    query: z.object({ ids: idList.optional(), campaignId: parentId, advertiserId: parentId }),
    errors: ['clickhouse_unavailable'],
    answer: {
      status: 200,
      description: 'One for each line item.',
      schema: z.object({ items: z.array(healthSchema) }),
    },
    async handle({ who, query: { ids, ...within }, signal }) {
      const { items } = await lineItems.list(who.visible, {
        ...{ limit: most, sort: '-id', within },
        ...(ids === undefined ? { statuses: ['active', 'paused'] } : { ids }),
      });
      const found = items.map(({ id }) => id);
      const health = await healthOf(parts, found, parts.now(), signal);
      return reply.value({ items: health.map(show) });
    },
  });
}

function show({
  reason,
  standing,
  lastDay,
  counts,
  lineItemId,
  state,
}: Health): z.input<typeof healthSchema> {
  return {
    ...{ id: lineItemId, state, reason, text: reason === null ? null : healthReasons[reason] },
    ...{ goal: standing?.goal ?? null, budget: standing?.budget ?? null },
    lastDay:
      lastDay === null
        ? null
        : { requests: lastDay.requests, matching: lastDay.matching, won: lastDay.won, ...counts },
  };
}
