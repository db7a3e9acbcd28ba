import { inventoryReport } from './delivery.ts';
import { dimensionsOf, type EventDimension, eventDimensions } from './dimensions.ts';
import { fewestDays, forecastDays } from './forecast-days.ts';
import { requestColumns, runGrouped } from './grouped-query.ts';
import type { Metric, Report, ReportContext, ReportDefinition, ReportRequest, Row } from './report.ts';
import { type CheckedRequest, checkRequest } from './request.ts';
import { timeCuts } from './time-cuts.ts';

const dayMs = 86_400_000;
const historyDays = 56;
const daysAhead = 30;

const targeted: readonly EventDimension[] = [
  'site',
  'zone',
  'country',
  'region',
  'device',
  'browser',
  'language',
  'page',
];
const expected = (definition: string, additive = true): Metric => ({
  type: 'count',
  definition,
  additive,
  aggregate: () => '',
});

export const forecastDefinition: ReportDefinition = {
  name: 'forecast',
  title: 'Forecast',
  description:
    'Ad requests and impressions that a targeting, given as filters, can expect on each of the next 30 days: from the ' +
    'last eight weeks by day of the week, with an interval. The range of the request is not looked at.',
  dimensions: {
    ...dimensionsOf(targeted),
    day: { ...eventDimensions.day, definition: "Day to come, in the report's time zone." },
  },
  metrics: {
    adRequests: expected('Ad requests to expect.'),
    adRequestsLow: expected(
      'Lower end of the interval in which nine of ten days lie, if things go on as they went.',
      false,
    ),
    adRequestsHigh: expected('Upper end of that interval.', false),
    impressions: expected(
      'Impressions to expect where all of them are filled: ad requests times impressions of a filled one in these weeks.',
    ),
    impressionsLow: expected('Lower end of their interval.', false),
    impressionsHigh: expected('Upper end of their interval.', false),
    freeImpressions: expected(
      'Of these, what line items that run already leave: the share of ad requests that was not filled in these weeks.',
    ),
  },
};

/** What may come. Rejects with `report_invalid`, or as ClickHouse does. */
export async function forecastReport(context: ReportContext, asked: ReportRequest): Promise<Report> {
  const request = checkRequest(
    forecastDefinition,
    { ...asked, dimensions: asked.dimensions ?? ['day'] },
    ({ dimensions }) =>
      dimensions.some((name) => name !== 'day')
        ? 'can only be day: give the targeting as filters'
        : undefined,
  );
  const today = startsOfDays(request.timeZone, context.now.getTime());
  const history = await runGrouped(inventoryReport, context, {
    from: new Date(today.firstMs),
    to: new Date(today.startMs),
    timeZone: request.timeZone,
    dimensions: ['day'],
    metrics: ['adRequests', 'filled', 'impressions'],
    filters: request.filters,
  });
  const days = known(history.rows, today.pastDays);
  const { adRequests = 0, filled = 0, impressions = 0 } = history.totals as Record<string, number>;
  const shown = filled === 0 ? 0 : impressions / filled;
  const free = adRequests === 0 ? 0 : 1 - filled / adRequests;
  const enough = days.length >= fewestDays;
  const rows = (enough ? forecastDays(days, daysAhead) : []).map(({ expected: count, low, high }, ahead) => {
    const all: Record<string, number> = {
      adRequests: Math.round(count),
      adRequestsLow: Math.round(low),
      adRequestsHigh: Math.round(high),
      impressions: Math.round(count * shown),
      impressionsLow: Math.round(low * shown),
      impressionsHigh: Math.round(high * shown),
      freeImpressions: Math.round(count * shown * free),
    };
    return { day: today.comingDays[ahead] ?? '', ...pick(all, request) };
  });
  return {
    name: forecastDefinition.name,
    from: new Date(today.startMs).toISOString(),
    to: new Date(today.startMs + daysAhead * dayMs).toISOString(),
    timeZone: request.timeZone,
    columns: requestColumns(forecastDefinition, request),
    rows,
    totals: Object.fromEntries(
      request.metrics.map((name) => [
        name,
        forecastDefinition.metrics[name]?.additive === true
          ? rows.reduce((sum, row) => sum + Number((row as Row)[name]), 0)
          : null,
      ]),
    ),
    truncated: false,
    finalUntil: history.finalUntil,
    readFrom: history.readFrom,
    notes: enough
      ? [`From ${days.length} days.`]
      : [`There are ${days.length} days of history; a forecast needs ${fewestDays}.`],
  };
}

function pick(all: Readonly<Record<string, number>>, { metrics }: CheckedRequest): Row {
  return Object.fromEntries(metrics.map((name) => [name, all[name] ?? null]));
}

/** Counts of the past days without a gap, from the first that has any. */
function known(rows: readonly Row[], pastDays: readonly string[]): number[] {
  const counts = new Map(rows.map((row) => [String(row['day']), Number(row['adRequests'])]));
  const first = pastDays.findIndex((day) => counts.has(day));
  return first === -1 ? [] : pastDays.slice(first).map((day) => counts.get(day) ?? 0);
}

/** Today's beginning in a time zone, that of the history, and the names of the days before and from today on. */
function startsOfDays(timeZone: string, nowMs: number) {
  const name = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  const range = { fromMs: nowMs - (historyDays + 2) * dayMs, toMs: nowMs + 1 };
  // Where clocks are changed within a day, there is a cut that begins none.
  const past = timeCuts(timeZone, 'day', range).filter((at) => name.format(at) !== name.format(at - 1));
  const startMs = past.at(-1) ?? nowMs;
  const noon = (ahead: number) => name.format(startMs + ahead * dayMs + dayMs / 2);
  return {
    startMs,
    firstMs: past.at(-1 - historyDays) ?? startMs - historyDays * dayMs,
    pastDays: Array.from({ length: historyDays }, (_, at) => noon(at - historyDays)),
    comingDays: Array.from({ length: daysAhead }, (_, at) => noon(at)),
  };
}
