import type { ClickHouse, Report, RequestCondition, SampleCount } from '../../analytics/index.ts';
import { sampleRequests } from '../../analytics/index.ts';
import type { Targeting } from '../inventory/index.ts';
import { isPartlyUnknown, requestCondition } from './request-condition.ts';

/** Another line item that takes of the same requests, and does not show in the past yet. */
export interface Booking {
  readonly lineItemId: number;
  readonly targeting: Targeting | null;
  /** Impressions that it is to have on each of its days. */
  readonly perDay: number;
  /** First and last day, like `2026-12-01`; both of the forecast's time zone. */
  readonly firstDay: string;
  readonly lastDay: string;
}

export interface Draft {
  readonly targeting: Targeting | null;
  /** Zones that its sizes fit. */
  readonly zones: readonly number[];
  /** Whether these are all there are. */
  readonly everywhere: boolean;
  /** Line items whose requests it would get: those that go behind it, and itself. */
  readonly goesBefore: readonly number[];
  readonly bookings: readonly Booking[];
}

/** Of one rule of a targeting; numbers are ad requests a day. */
export interface RuleForecast {
  /** JSON pointer into the targeting. */
  readonly path: string;
  readonly rule: Targeting;
  /** That fulfil this rule, whatever the others say. */
  readonly matching: number;
  /** That are left of the zones' requests after this rule and those before it. */
  readonly remaining: number;
  /** That would be left of all without this rule. */
  readonly without: number;
  /** Whether it could be told from what is stored of requests; what cannot counts as fulfilled. */
  readonly known: boolean;
}

export interface DayForecast {
  readonly day: string;
  readonly adRequests: number;
  readonly impressions: number;
  readonly impressionsLow: number;
  readonly impressionsHigh: number;
  /** Of the impressions, what neither those that run nor bookings are to have. */
  readonly free: number;
}

export interface DraftForecast {
  readonly days: readonly DayForecast[];
  /** Ad requests a day of the zones, before any rule. */
  readonly zoneRequests: number;
  readonly rules: readonly RuleForecast[];
  readonly bookings: readonly { readonly lineItemId: number; readonly perDay: number }[];
  /** Stored requests that the shares are of. */
  readonly sampled: number;
}

/** The parts that all have to hold, each with its place in the targeting. */
export function rulesOf(targeting: Targeting | null): { path: string; rule: Targeting }[] {
  if (targeting === null) return [];
  if (!('and' in targeting)) return [{ path: '', rule: targeting }];
  return targeting.and.map((rule, index) => ({ path: `/and/${index}`, rule }));
}

const z90 = 1.645;

/**
 * What a draft can expect: the forecast of its zones' requests, times the share of stored requests that its targeting
 * lets through. Rejects as ClickHouse does.
 * @param forecast the report of the zones, or of everything where the draft has more zones than a report takes
 */
export async function forecastDraft(
  clickhouse: ClickHouse,
  draft: Draft,
  forecast: { readonly report: Report; readonly ofZones: boolean },
  nowMs: number,
  signal?: AbortSignal,
): Promise<DraftForecast> {
  const rules = rulesOf(draft.targeting).map((each) => ({ ...each, condition: requestCondition(each.rule) }));
  const own = rules.map((_, index) => index + 1);
  const scope: RequestCondition = draft.everywhere ? { and: [] } : { column: 'zone', in: draft.zones };
  const others = draft.bookings.map(({ targeting }) =>
    targeting === null ? ({ and: [] } as const) : requestCondition(targeting),
  );
  const all = [0, ...own];
  const counts: SampleCount[] = [
    { all: forecast.ofZones ? [0] : [] },
    { all: [0] },
    { all },
    { all, open: { to: draft.goesBefore } },
    ...own.flatMap((rule): SampleCount[] => [
      { all: [0, rule] },
      { all: [0, ...own.filter((each) => each <= rule)] },
      { all: all.filter((each) => each !== rule) },
    ]),
    ...others.flatMap((_, index): SampleCount[] => {
      const other = all.length + index;
      return [{ all: [other] }, { all: [...all, other] }];
    }),
  ];
  const conditions = [scope, ...rules.map(({ condition }) => condition), ...others];
  const sample = await sampleRequests(clickhouse, { conditions, counts }, nowMs, signal);
  const [whole = 0, inZones = 0, matching = 0, open = 0, ...rest] = sample.counts;
  const shareOf = (count: number) => (whole === 0 ? 0 : count / whole);
  const perDay = meanRequests(forecast.report);
  const expected = (count: number | undefined) => Math.round(perDay * shareOf(count ?? 0));
  const booked = draft.bookings.map(({ lineItemId, firstDay, lastDay, perDay: amount }, index) => {
    const [theirs = 0, both = 0] = rest.slice(rules.length * 3 + index * 2);
    return { lineItemId, firstDay, lastDay, perDay: theirs === 0 ? 0 : Math.round((amount * both) / theirs) };
  });
  return {
    days: daysOf(forecast.report, {
      share: shareOf(matching),
      error: matching === 0 ? 0 : z90 / Math.sqrt(matching),
      openShare: matching === 0 ? 0 : open / matching,
      booked,
    }),
    zoneRequests: expected(inZones),
    rules: rules.map(({ path, rule, condition }, index) => ({
      ...{ path, rule, known: !isPartlyUnknown(condition) },
      matching: expected(rest[index * 3]),
      remaining: expected(rest[index * 3 + 1]),
      without: expected(rest[index * 3 + 2]),
    })),
    bookings: booked.map(({ lineItemId, perDay: amount }) => ({ lineItemId, perDay: amount })),
    sampled: whole,
  };
}

function meanRequests({ rows }: Report): number {
  if (rows.length === 0) return 0;
  return rows.reduce((sum, row) => sum + Number(row['adRequests']), 0) / rows.length;
}

interface Shares {
  readonly share: number;
  /** Relative error of the share, from how few stored requests it is. */
  readonly error: number;
  readonly openShare: number;
  /** With what of their impressions a day is of the draft's requests. */
  readonly booked: readonly Omit<Booking, 'targeting'>[];
}

function daysOf({ rows }: Report, { share, error, openShare, booked }: Shares): DayForecast[] {
  return rows.map((row) => {
    const of = (name: string) => Number(row[name]) * share;
    const impressions = of('impressions');
    const day = String(row['day']);
    const taken = booked
      .filter(({ firstDay, lastDay }) => firstDay <= day && day <= lastDay)
      .reduce((sum, { perDay }) => sum + perDay, 0);
    return {
      day,
      adRequests: Math.round(of('adRequests')),
      impressions: Math.round(impressions),
      impressionsLow: Math.round(of('impressionsLow') * Math.max(0, 1 - error)),
      impressionsHigh: Math.round(of('impressionsHigh') * (1 + error)),
      free: Math.round(Math.max(0, impressions * openShare - taken)),
    };
  });
}
