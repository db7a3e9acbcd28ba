import { z } from 'zod';
import {
  type Budget,
  type Cap,
  capUnits,
  type Goal,
  goalMetrics,
  goalPeriods,
  type Pacing,
  type Price,
  pacings,
  pricedMetric,
  priceModels,
} from './delivery-terms.ts';
import type { LineItemType } from './snapshot.ts';
import { fieldError } from './store.ts';

/** Nine billion of the currency: sums of micros stay exact in a number. */
const maxMicros = 9_000_000_000_000_000;
const micros = z.int().min(1).max(maxMicros);
const per = z.enum(goalPeriods).meta({
  description: "For the whole flight, or for each calendar day in the line item's time zone.",
  example: 'flight',
});

export const share = z.int().min(1).max(100).nullable().meta({
  description: 'Percent of the matching requests that a sponsorship takes; null for the other types.',
  example: 25,
});
export const goal = z
  .strictObject({
    metric: z.enum(goalMetrics),
    amount: z.int().min(1).max(1_000_000_000_000),
    per,
  })
  .nullable()
  .meta({
    description:
      'What is to be reached and not passed; null: as much as comes. For the flight it needs endAt.',
    example: { metric: 'impressions', amount: 100_000, per: 'flight' },
  });
export const budget = z
  .strictObject({ micros, per })
  .nullable()
  .meta({
    description: 'What may be spent, in micros of the currency; needs a price of model cpm, vcpm or cpc.',
    example: { micros: 500_000_000, per: 'flight' },
  });
export const price = z
  .strictObject({ model: z.enum(priceModels), micros: z.int().min(1).max(1_000_000_000_000) })
  .nullable()
  .meta({
    description:
      'In micros: for 1000 impressions (cpm), 1000 viewable impressions (vcpm), a click (cpc), or all of it (flat).',
    example: { model: 'cpm', micros: 2_500_000 },
  });
export const pacing = z.enum(pacings).meta({
  description: "Spread over the time like the site's traffic over the day, or as soon as possible.",
  example: 'even',
});
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be the name of a time zone, like Asia/Taipei')
  .meta({ description: 'Where its days begin: an IANA name.', example: 'Asia/Taipei' });
export const roadblock = z.boolean().meta({
  description: 'With true it fills all the zones of a page that it fits, in one request, or none.',
  example: false,
});
export const category = z.string().trim().min(1).max(100).nullable().meta({
  description:
    'Two advertisers with the same category are not shown on one page; null: competes with nobody.',
  example: 'airlines',
});

const cap = z
  .strictObject({
    events: z.int().min(1).max(100),
    per: z
      .strictObject({ unit: z.enum(capUnits), count: z.int().min(1).max(365).default(1) })
      .refine(({ unit, count }) => unit !== 'lifetime' || count === 1, {
        path: ['count'],
        message: 'must be 1 for lifetime',
      }),
  })
  .meta({ id: 'Cap', example: { events: 3, per: { unit: 'day', count: 1 } } });
export const caps = z
  .array(cap)
  .max(5)
  .meta({
    description: 'How often one visitor gets it: at most `events` in any stretch of this length.',
    example: [{ events: 3, per: { unit: 'day', count: 1 } }],
  });

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What has to fit together in a line item. */
export interface DeliveryTerms {
  readonly type: LineItemType;
  readonly endAt: Date | null;
  readonly share: number | null;
  readonly goal: Goal | null;
  readonly budget: Budget | null;
  readonly price: Price | null;
  readonly pacing: Pacing;
}

/** @throws AppError `invalid_input` at the field that does not fit the others */
export function checkTerms({ type, endAt, share, goal, budget, price, pacing }: DeliveryTerms): void {
  if (type === 'sponsorship' && share === null) {
    throw fieldError('/share', 'a sponsorship needs its percent of the traffic, 1 to 100');
  }
  if (type !== 'sponsorship' && share !== null) {
    throw fieldError('/share', `only a sponsorship has a share, and this is ${type}: must be null`);
  }
  if (goal?.per === 'flight' && endAt === null) {
    throw fieldError('/endAt', 'a goal for the flight needs its end');
  }
  if (budget === null) return;
  if (price === null || pricedMetric(price.model) === undefined) {
    throw fieldError('/price', 'a budget needs a price of model cpm, vcpm or cpc');
  }
  if (budget.per === 'flight' && pacing === 'even' && endAt === null) {
    throw fieldError('/endAt', 'a budget for the flight needs its end, or pacing asap');
  }
}

export const jsonOf = (value: object | null): string | null =>
  value === null ? null : JSON.stringify(value);
export const capsJson = (value: readonly Cap[]): string => JSON.stringify(value);
