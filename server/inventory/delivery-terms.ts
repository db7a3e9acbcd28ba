/** The terms of delivery: what is promised, what is paid, how it is paced. Money is in micros of the account's currency. */
export const goalMetrics = ['impressions', 'viewable', 'clicks'] as const;
export type GoalMetric = (typeof goalMetrics)[number];

export const goalPeriods = ['flight', 'day'] as const;
/** `day` is a calendar day in the line item's time zone. */
export type GoalPeriod = (typeof goalPeriods)[number];

export interface Goal {
  readonly metric: GoalMetric;
  readonly amount: number;
  readonly per: GoalPeriod;
}

export interface Budget {
  readonly micros: number;
  readonly per: GoalPeriod;
}

export const priceModels = ['cpm', 'vcpm', 'cpc', 'flat'] as const;
export type PriceModel = (typeof priceModels)[number];

/** For a thousand impressions, a thousand viewable impressions, a click, or the whole flight. */
export interface Price {
  readonly model: PriceModel;
  readonly micros: number;
}

export const pacings = ['even', 'asap'] as const;
export type Pacing = (typeof pacings)[number];

export const capUnits = ['minute', 'hour', 'day', 'lifetime'] as const;
export type CapUnit = (typeof capUnits)[number];

/** At most `events` in any stretch of `count` units; of `lifetime` there is one. */
export interface Cap {
  readonly events: number;
  readonly per: { readonly unit: CapUnit; readonly count: number };
}

const capUnitMs: Readonly<Record<CapUnit, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  lifetime: Number.POSITIVE_INFINITY,
};

/** The length of a cap's stretch, in milliseconds. */
export const capWindowMs = ({ per }: Cap): number => capUnitMs[per.unit] * per.count;

/** The event that a price is paid for; undefined where it is paid for none. */
export function pricedMetric(model: PriceModel): GoalMetric | undefined {
  if (model === 'cpm') return 'impressions';
  if (model === 'vcpm') return 'viewable';
  return model === 'cpc' ? 'clicks' : undefined;
}

/**
 * What one event of a metric costs, in billionths of the currency: whole also where a thousandth of a price in micros
 * is not. 0 where the price is paid for something else.
 */
export function costNanos(price: Price | undefined, metric: GoalMetric): number {
  if (price === undefined || pricedMetric(price.model) !== metric) return 0;
  return metric === 'clicks' ? price.micros * 1000 : price.micros;
}

/** What `events` of the priced metric cost, in micros, rounded down; exact also above 2^53 thousandths. */
export function costMicros(price: Price, events: number): number {
  const metric = pricedMetric(price.model);
  if (metric === undefined) return 0;
  const perThousand = metric === 'clicks' ? BigInt(price.micros) * 1000n : BigInt(price.micros);
  return Number((BigInt(events) * perThousand) / 1000n);
}

/** How many events a sum pays for in full. */
export function affordableEvents(price: Price, micros: number): number {
  if (micros <= 0 || price.micros === 0 || pricedMetric(price.model) === undefined) return 0;
  const perThousand = price.model === 'cpc' ? BigInt(price.micros) * 1000n : BigInt(price.micros);
  return Number((BigInt(Math.floor(micros)) * 1000n) / perThousand);
}

/** What is assumed of a line item until there is history. */
export const expectedRates = { viewable: 0.5, clicks: 0.001 } as const;

/**
 * Expected revenue of a thousand impressions, in micros: the price by the rates at which its impressions are seen and
 * clicked. A flat price is spread over the goal, where that is one in impressions for the flight; else it is 0.
 */
export function expectedCpmMicros(
  price: Price | undefined,
  goal: Goal | undefined,
  rates: { readonly viewable: number; readonly clicks: number } = expectedRates,
): number {
  if (price === undefined) return 0;
  if (price.model === 'cpm') return price.micros;
  if (price.model === 'vcpm') return Math.round(price.micros * rates.viewable);
  if (price.model === 'cpc') return Math.round(price.micros * 1000 * rates.clicks);
  const flatGoal = goal?.metric === 'impressions' && goal.per === 'flight' ? goal.amount : 0;
  return flatGoal === 0 ? 0 : Math.round((price.micros * 1000) / flatGoal);
}
