import { expectedRates, type GoalMetric } from '../inventory/delivery-terms.ts';

/** What is assumed of an ad handed out until there is history, and the weight of that assumption in ads. */
const assumed: Readonly<Record<GoalMetric, { readonly rate: number; readonly ads: number }>> = {
  impressions: { rate: 0.95, ads: 50 },
  viewable: { rate: expectedRates.viewable, ads: 50 },
  clicks: { rate: expectedRates.clicks, ads: 2000 },
};

/** How many events of a metric an ad handed out brings, by what came of earlier ones. */
export function expectedRate(metric: GoalMetric, ads: number, events: number): number {
  const { rate, ads: weight } = assumed[metric];
  return Math.min(1, (events + rate * weight) / (ads + weight));
}

/** The same, too high rather than too low: two standard deviations above, and careful while little is known. */
export function cautiousRate(metric: GoalMetric, ads: number, events: number): number {
  if (metric === 'impressions') return 1;
  return Math.min(1, (events + 2 * Math.sqrt(events) + (metric === 'clicks' ? 3 : 30)) / (ads + 60));
}

const logOfRisk = Math.log(1e-6);

/**
 * The largest expectation of events to come with which more than `remaining + 1` of them are less likely than one in
 * a million: Chernoff's bound for Poisson and binomial sums, P(X ≥ n) ≤ e^(n − λ − n ln(n/λ)) for λ < n.
 */
export function boldestExpectation(remaining: number): number {
  if (remaining < 1) return 0;
  const n = Math.floor(remaining) + 2;
  let low = 0;
  let high = n;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (n - middle - n * Math.log(n / middle) <= logOfRisk) low = middle;
    else high = middle;
  }
  return low;
}
