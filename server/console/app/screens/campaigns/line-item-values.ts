import { instantOf, localTime } from '../../parts/zoned-time.ts';
import { type Group, groupFrom, ruleOf } from '../targeting/model.ts';
import type { Cap } from './caps-field.tsx';
import type { LineItem } from './inventory.ts';

export const types = ['sponsorship', 'standard', 'price_priority', 'house'] as const;
export const metrics = ['impressions', 'viewable', 'clicks'] as const;
export const priceModels = ['cpm', 'vcpm', 'cpc', 'flat'] as const;

type Amount = number | '';

/** A line item as its form has it: dates as clocks show them in its time zone, money in units. */
export interface LineItemValues {
  readonly name: string;
  readonly type: LineItem['type'];
  readonly share: Amount;
  readonly weight: Amount;
  readonly timeZone: string;
  readonly startAt: string;
  readonly endAt: string;
  readonly goalMetric: 'none' | (typeof metrics)[number];
  readonly goalAmount: Amount;
  readonly goalPer: 'flight' | 'day';
  readonly priceModel: 'none' | (typeof priceModels)[number];
  readonly price: Amount;
  readonly budget: Amount;
  readonly budgetPer: 'flight' | 'day';
  readonly pacing: LineItem['pacing'];
  readonly caps: readonly Cap[];
  readonly roadblock: boolean;
  readonly targeting: Group;
}

export type LineItemBody = Omit<
  LineItem,
  'id' | 'demo' | 'createdAt' | 'updatedAt' | 'campaignId' | 'status' | 'externalId'
>;

export function newLineItem(): LineItemValues {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    ...{ name: '', type: 'standard', share: 100, weight: 1, timeZone },
    ...{ startAt: '', endAt: '', goalMetric: 'none', goalAmount: 100_000, goalPer: 'flight' },
    ...{ priceModel: 'none', price: '', budget: '', budgetPer: 'flight', pacing: 'even' },
    ...{ caps: [], roadblock: false, targeting: groupFrom(null) },
  };
}

export function valuesOf(lineItem: LineItem): LineItemValues {
  const { timeZone, goal, budget, price } = lineItem;
  const local = (at: string | null) => (at === null ? '' : localTime(at, timeZone));
  return {
    ...{ name: lineItem.name, type: lineItem.type, share: lineItem.share ?? 100, weight: lineItem.weight },
    ...{ timeZone, startAt: local(lineItem.startAt), endAt: local(lineItem.endAt) },
    goalMetric: goal?.metric ?? 'none',
    goalAmount: goal?.amount ?? 100_000,
    goalPer: goal?.per ?? 'flight',
    priceModel: price?.model ?? 'none',
    price: price === null ? '' : price.micros / 1_000_000,
    budget: budget === null ? '' : budget.micros / 1_000_000,
    budgetPer: budget?.per ?? 'flight',
    ...{ pacing: lineItem.pacing, caps: lineItem.caps, roadblock: lineItem.roadblock },
    targeting: groupFrom(lineItem.targeting),
  };
}

const micros = (units: number) => Math.round(units * 1_000_000);

/** As the API takes it. */
export function bodyOf(values: LineItemValues): LineItemBody {
  const { timeZone, goalMetric, goalAmount, goalPer, priceModel, price, budget, budgetPer } = values;
  const instant = (local: string) => (local === '' ? null : instantOf(local, timeZone));
  return {
    ...{ name: values.name.trim(), type: values.type, weight: Number(values.weight) },
    share: values.type === 'sponsorship' ? Number(values.share) : null,
    ...{ timeZone, startAt: instant(values.startAt), endAt: instant(values.endAt) },
    goal: goalMetric === 'none' ? null : { metric: goalMetric, amount: Number(goalAmount), per: goalPer },
    price: priceModel === 'none' ? null : { model: priceModel, micros: micros(Number(price)) },
    budget: budget === '' || priceModel === 'none' ? null : { micros: micros(budget), per: budgetPer },
    ...{ pacing: values.pacing, caps: [...values.caps], roadblock: values.roadblock },
    targeting: ruleOf(values.targeting),
  };
}
