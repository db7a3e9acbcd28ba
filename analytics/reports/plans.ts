import type { Parameters } from '../clickhouse/sql-text.ts';
import type { DimensionName } from '../rollup/dimensions.ts';
import type { Span } from '../rollup/time-plan.ts';
import type { Condition } from '../validity/counted.ts';
import { isTimeDimension } from './dimensions.ts';
import { localDay, startOfLocalDay } from './local-days.ts';
import type { Metric } from './report.ts';
import type { CheckedRequest } from './request.ts';

/** A line item's goal, and when it is to be reached: evenly. */
export interface DeliveryPlan {
  readonly advertiser: number;
  readonly campaign: number;
  readonly lineItem: number;
  readonly metric: 'impressions' | 'viewable' | 'clicks';
  readonly amount: number;
  /** `day`: on each calendar day of the line item's time zone. */
  readonly per: 'flight' | 'day';
  /** Milliseconds since 1970; the end is not part of it, and may be infinite where the goal is of days. */
  readonly startMs: number;
  readonly endMs: number;
  readonly timeZone: string;
}

/** A stretch with an amount that is spread over it. */
interface Stretch extends Span {
  readonly plan: DeliveryPlan;
}

const columnOf = { impressions: 'impressions', viewable: 'viewable_impressions', clicks: 'clicks' } as const;
const metrics = ['impressions', 'viewable', 'clicks'] as const;
const idsOf = (metric: DeliveryPlan['metric']) => `{planned_${metric}:Array(UInt32)}`;
const delivered = `sum(multiIf(${metrics
  .flatMap((metric) => [`has(${idsOf(metric)}, line_item)`, columnOf[metric]])
  .join(', ')}, 0))`;

/** Which metrics a plan gives to a report by line items. */
export const planMetrics: Readonly<Record<'planned' | 'goalEvents' | 'pacing', Metric>> = {
  planned: {
    type: 'decimal',
    definition:
      'What line items with a goal and even pacing are to deliver in the range, up to now: the goal spread evenly, by the ' +
      'clock, over the flight, or over each day. Rows add up to the total but for rounding to thousandths.',
    additive: false,
    aggregate: () => 'round(sum(planned_events), 3)',
  },
  goalEvents: {
    label: 'Delivered to goals',
    type: 'count',
    definition:
      'What these line items did deliver of what their goals count: impressions, viewable impressions or clicks.',
    additive: true,
    aggregate: () => delivered,
  },
  pacing: {
    type: 'ratio',
    definition: 'Delivered to goals divided by planned: 1 is as planned, less is behind.',
    additive: false,
    aggregate: () => `if(sum(planned_events) = 0, NULL, ${delivered} / sum(planned_events))`,
  },
};

/** A plan knows nothing of countries and zones. */
const plannedBy: ReadonlySet<string> = new Set(['advertiser', 'campaign', 'lineItem']);

/** What is wrong with a request for the metrics above. */
export function planProblem({
  dimensions,
  filters,
  metrics: asked,
}: Pick<CheckedRequest, 'dimensions' | 'filters' | 'metrics'>): string | undefined {
  if (!asked.some((name) => Object.hasOwn(planMetrics, name))) return undefined;
  const names = [...dimensions, ...filters.map(({ dimension }) => dimension)];
  return names.every((name) => plannedBy.has(name) || isTimeDimension(name))
    ? undefined
    : `can only be times, ${[...plannedBy].join(', ')} where the metrics are among ${Object.keys(planMetrics).join(', ')}`;
}

export interface PlanRows {
  readonly request: CheckedRequest;
  readonly nowMs: number;
  /** See `TimePlanOptions`. */
  readonly cuts: readonly number[];
  readonly dimensions: readonly DimensionName[];
  /** Further columns, which are 0. */
  readonly sums: readonly string[];
  readonly filter: Condition;
}

/** SELECT of what is planned, as rows with `bucket`, the dimensions, the sums and `planned_events`. */
export function planRows(plans: readonly DeliveryPlan[], rows: PlanRows): Condition {
  const { request, nowMs, cuts, dimensions, sums, filter } = rows;
  const toMs = Math.min(request.toMs, nowMs);
  const stretches = plans.flatMap((plan) => stretchesOf(plan, request.fromMs, toMs));
  const all: Readonly<Record<string, string>> = {
    advertiser: 'toUInt32(stretch.1)',
    campaign: 'toUInt32(stretch.2)',
    line_item: 'toUInt32(stretch.3)',
  };
  const columns = [
    ...dimensions.map((name) => `${all[name]} AS ${name}`),
    ...sums.map((name) => `0 AS ${name}`),
    'stretch.6 * (greatest(0, least(part.2, stretch.5) - greatest(part.1, stretch.4)) / (stretch.5 - stretch.4)) AS planned_events',
  ];
  const starts = [request.fromMs, ...cuts].filter((at) => at < toMs);
  return {
    sql: `SELECT ${["toDateTime(intDiv(greatest(part.1, stretch.4), 1000), 'UTC') AS bucket", ...columns].join(', ')}
    FROM (
      SELECT arrayJoin(arrayZip({planAdvertisers:Array(UInt32)}, {planCampaigns:Array(UInt32)}, {planItems:Array(UInt32)},
          {planStarts:Array(Int64)}, {planEnds:Array(Int64)}, {planAmounts:Array(Float64)})) AS stretch,
        arrayJoin(arrayFilter(p -> p.1 < stretch.5 AND p.2 > stretch.4,
          arrayZip({planFrom:Array(Int64)}, {planTo:Array(Int64)}))) AS part
    )
    WHERE ${filter.sql}`,
    parameters: {
      ...filter.parameters,
      ...planParameters(plans),
      planAdvertisers: stretches.map(({ plan }) => plan.advertiser),
      planCampaigns: stretches.map(({ plan }) => plan.campaign),
      planItems: stretches.map(({ plan }) => plan.lineItem),
      planStarts: stretches.map(({ fromMs }) => fromMs),
      planEnds: stretches.map((stretch) => stretch.toMs),
      planAmounts: stretches.map(({ plan }) => plan.amount),
      planFrom: starts,
      planTo: starts.map((_, at) => starts[at + 1] ?? toMs),
    },
  };
}

/** The line items with a goal, by what it counts. */
function planParameters(plans: readonly DeliveryPlan[]): Parameters {
  return Object.fromEntries(
    metrics.map((metric) => [
      `planned_${metric}`,
      plans.filter((plan) => plan.metric === metric).map(({ lineItem }) => lineItem),
    ]),
  );
}

/** The flight; or of each day that touches a range the part that is in the flight. */
function stretchesOf(plan: DeliveryPlan, fromMs: number, toMs: number): Stretch[] {
  const { startMs, endMs, per, timeZone } = plan;
  const first = Math.max(fromMs, startMs);
  const last = Math.min(toMs, endMs);
  if (first >= last) return [];
  if (per === 'flight') return [{ plan, fromMs: startMs, toMs: endMs }];
  const stretches: Stretch[] = [];
  for (let day = localDay(first, timeZone); ; day++) {
    const start = startOfLocalDay(day, timeZone);
    if (start >= last) return stretches;
    const end = startOfLocalDay(day + 1, timeZone);
    if (end > start) stretches.push({ plan, fromMs: Math.max(start, startMs), toMs: Math.min(end, endMs) });
  }
}
