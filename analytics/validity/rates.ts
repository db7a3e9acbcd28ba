/** At most `count` events in any `windowMs`: the next one within it is too many. */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
}

/** What counts as too often. An event is marked when as many as a rate allows came before it within its window. */
export interface TrafficRates {
  /** Clicks of one visitor. */
  readonly clicks: readonly Rate[];
  /** Impressions of one line item for one visitor. */
  readonly impressions: readonly Rate[];
  /** Clicks of one network. */
  readonly networkClicks: readonly Rate[];
}

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longestMs = unitsMs.d;
/** Workers keep as many times for each visitor. */
export const mostPerRate = 1000;

/**
 * Reads `1/1m,3/10m,10/1h,25/1d`: counts, each in a number of seconds, minutes, hours or one day; `none` is no limit.
 * @throws Error that quotes what does not fit
 */
export function parseRates(text: string): readonly Rate[] {
  if (text.trim() === 'none') return [];
  return text.split(',').map((part) => {
    const [, count, length, unit] = /^\s*(\d{1,4})\/(\d{1,5})([smhd])\s*$/.exec(part) ?? [];
    const rate = {
      count: Number(count),
      windowMs: Number(length) * (unitsMs[unit as keyof typeof unitsMs] ?? Number.NaN),
    };
    const fits =
      rate.count >= 1 && rate.count <= mostPerRate && rate.windowMs > 0 && rate.windowMs <= longestMs;
    if (fits) return rate;
    throw new Error(
      `"${part.trim()}" is no rate like 3/10m: 1 to ${mostPerRate} in up to one day (s, m, h, d), or none`,
    );
  });
}

/** The longest window; 0 where there is no rate. */
export function longestWindowMs(rates: readonly Rate[]): number {
  return Math.max(0, ...rates.map(({ windowMs }) => windowMs));
}
