import { z } from 'zod';
import type { Allowance } from '../delivery/index.ts';
import type { InventorySnapshot } from '../inventory/index.ts';
import type { AmountStanding, Standing } from '../pacing/index.ts';

export const amount = z.object({
  per: z.enum(['flight', 'day']),
  amount: z.int(),
  delivered: z.int(),
  planned: z
    .int()
    .nullable()
    .meta({ description: 'By now. Null with `asap` or an open end: there is no plan.' }),
  state: z.enum(['reached', 'ahead', 'on_plan', 'behind', 'unplanned']),
});

export const goalAmount = amount.extend({ metric: z.enum(['impressions', 'viewable', 'clicks']) });

export const pacingSchema = z
  .object({
    goal: goalAmount.nullable().meta({ description: 'Events.' }),
    budget: amount.nullable().meta({ description: "Micros of the account's currency." }),
    workers: z.int().meta({ description: 'Workers that hold a lease.' }),
    leased: z.int().meta({ description: 'Ads that these may hand out before they ask again, all together.' }),
    leasable: z.int().meta({ description: 'Ads that the back office would lease beside these now.' }),
    adsPerSecond: z.number().meta({ description: 'The planned rate of all workers together.' }),
    needSeconds: z.number().nullable().meta({
      description:
        'What it may deliver over the planned rate: of standard line items the highest goes first.',
    }),
  })
  .meta({ id: 'ExplainedPacing' });

export type ExplainedPacing = z.output<typeof pacingSchema>;

export function explainedPacing(standing: Standing, needSeconds: number | undefined): ExplainedPacing {
  const { goal, budget, workers, leased, leasable, adsPerSecond } = standing;
  return { goal, budget, workers, leased, leasable, adsPerSecond, needSeconds: needSeconds ?? null };
}

/**
 * What decisions go by, of all workers together. Leases that nobody uses run out and are given again within a second or
 * two; in between, what would be given counts.
 */
export function allowanceOf(
  lineItems: InventorySnapshot['lineItems'],
  standings: ReadonlyMap<number, Standing>,
): Allowance {
  const left = new Float64Array(lineItems.length).fill(Number.POSITIVE_INFINITY);
  const pace = new Float64Array(lineItems.length).fill(1);
  lineItems.forEach(({ id }, slot) => {
    const standing = standings.get(id);
    if (standing === undefined) return;
    left[slot] = standing.leased >= 1 ? standing.leased : standing.leasable;
    pace[slot] = standing.adsPerSecond;
  });
  return { left, pace, raised: 0 };
}

const number = new Intl.NumberFormat('en');

/** Why a line item gets no leases, in words. */
export function pacingHold({ goal, budget, hold }: Standing): string {
  if (hold === undefined) return 'no worker holds a lease for it';
  const standing = hold.by === 'goal' ? goal : budget;
  if (standing === null) return 'no worker holds a lease for it';
  const what = `${hold.by === 'goal' ? 'goal' : 'budget'}${standing.per === 'day' ? ' of the day' : ''}`;
  const [all, delivered] = [
    shown(standing, standing.amount, goal),
    shown(standing, standing.delivered, goal),
  ];
  const numbers = `${delivered} of ${all}`;
  if (standing.state === 'reached') return `its ${what} is reached: ${numbers}`;
  switch (hold.bound) {
    case 'amount':
    case 'pending':
      return `what is left of its ${what} is held for ads whose events may still come: ${numbers} so far`;
    case 'plan':
      return `it is ahead of its plan: ${numbers} of its ${what} so far, ${shown(standing, standing.planned ?? 0, goal)} planned by now`;
    case 'rate':
      return `it makes up what is behind its plan at no more than twice the rate: ${numbers} so far, ${shown(standing, standing.planned ?? 0, goal)} planned by now`;
  }
}

/** An amount of the goal in its events, one of the budget in units of money. */
function shown(standing: AmountStanding, value: number, goal: Standing['goal']): string {
  if (standing !== goal) return number.format(value / 1_000_000);
  const { metric } = goal;
  return `${number.format(value)} ${metric === 'viewable' ? 'viewable impressions' : metric}`;
}
