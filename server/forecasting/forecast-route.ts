import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { ClickHouse, Report } from '../../analytics/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';
import type { Tables } from '../database/index.ts';
import { describeRule } from '../delivery/index.ts';
import {
  entityId,
  fieldError,
  goalInput,
  lineItemTypes,
  targetingInput,
  targetingSchema,
  timeInput,
  timeZoneInput,
} from '../inventory/index.ts';
import { KeptFor, type ReportMaker } from '../reporting/index.ts';
import { bookingsFor, type Flight, goesBefore } from './bookings.ts';
import { type DraftForecast, forecastDraft } from './draft-forecast.ts';
import { fitOf } from './fit.ts';

/** Most values that a report takes in one filter. */
const mostFiltered = 1000;
/** No event is of the zone of this number. */
const noZone = 0xffff_ffff;
const farAwayMs = Date.UTC(2100, 0);

const side = z.int().min(1).max(10_000);
const body = z
  .strictObject({
    type: z.enum(lineItemTypes).default('standard'),
    targeting: targetingInput.nullable().default(null),
    zones: z.array(entityId).min(1).max(10_000).optional().meta({ description: 'Default: all that fit.' }),
    sizes: z
      .array(z.tuple([side, side]))
      .min(1)
      .max(50)
      .optional()
      .meta({ description: 'Of its creatives. Default: any.', example: [[300, 250]] }),
    startAt: timeInput.nullable().default(null),
    endAt: timeInput.nullable().default(null),
    goal: goalInput.default(null),
    timeZone: timeZoneInput.default('UTC'),
    lineItemId: entityId
      .optional()
      .meta({ description: 'The line item that this is a draft of: what it has already counts as free.' }),
  })
  .meta({
    id: 'ForecastDraft',
    example: {
      ...{ type: 'standard', targeting: { on: 'country', in: ['TW'] }, sizes: [[300, 250]] },
      goal: { metric: 'impressions', amount: 100_000, per: 'flight' },
      ...{ startAt: '2026-12-01T00:00:00Z', endAt: '2026-12-31T00:00:00Z' },
    },
  });

const count = z.int();
const answer = z
  .object({
    days: z
      .array(
        z.object({
          ...{ day: z.string(), adRequests: count, impressions: count },
          ...{ impressionsLow: count, impressionsHigh: count },
          free: count.meta({
            description:
              'Of the impressions, what is not filled today or filled by what goes behind it, less what line items that start later have booked.',
          }),
        }),
      )
      .meta({ description: 'The next 30 days, in the time zone; none without a week of history.' }),
    zoneRequests: count.meta({ description: 'Ad requests a day of the zones, before any rule.' }),
    rules: z
      .array(
        z.object({
          path: z.string().meta({ description: 'JSON pointer into the targeting.' }),
          rule: targetingSchema,
          words: z.string(),
          matching: count.meta({ description: 'Ad requests a day that fulfil it, whatever the others say.' }),
          remaining: count.meta({ description: 'Left after it and those before it.' }),
          lost: count.meta({ description: 'Of those that were left before it, what it takes away.' }),
          without: count.meta({ description: 'Left of all without it.' }),
          known: z.boolean().meta({
            description: 'false: what it asks for is not stored of requests, and counts as fulfilled.',
          }),
        }),
      )
      .meta({ description: 'The parts of the targeting that all have to hold, in their order.' }),
    bookings: z
      .array(z.object({ lineItemId: z.int(), name: z.string(), perDay: count }))
      .meta({ description: 'Line items that start later and are to have of the same impressions.' }),
    fit: z
      .object({
        ...{ needed: count, expected: count, low: count },
        answer: z.enum(['yes', 'tight', 'no']).meta({ description: 'tight: only if things go as expected.' }),
      })
      .nullable()
      .meta({ description: 'Whether the goal can be reached; null without a goal or a forecast.' }),
    sampled: count.meta({ description: 'Stored ad requests of the last days that the shares are of.' }),
    notes: z.array(z.string()),
  })
  .meta({ id: 'Forecast' });

export interface ForecastParts {
  readonly db: Kysely<Tables>;
  readonly clickhouse: ClickHouse;
  readonly maker: ReportMaker;
  readonly now: () => number;
}

/** What a line item could expect, before it is there. Nothing is kept. */
export function forecastRoute({ db, clickhouse, maker, now }: ForecastParts): Route {
  // Who types a targeting asks again and again for the same zones.
  const reports = new KeptFor<Report>(60_000, 100);
  return defineRoute({
    method: 'post',
    audit: 'changesNothing',
    path: '/forecasts',
    tag: 'Line items',
    operationId: 'forecastLineItem',
    summary: 'Forecast a draft of a line item',
    description:
      'What its targeting lets through on each day, what each rule costs, and whether a goal fits beside what is booked.',
    access: { area: 'inventory', roles: { admin: 'all', adops: 'all' } },
    body: { kind: 'json' as const, schema: body },
    errors: ['clickhouse_unavailable'],
    answer: { status: 200, description: 'The forecast.', schema: answer },
    async handle({ body: asked, signal }) {
      const nowMs = now();
      const flight = flightOf(asked, nowMs);
      const { zones, everywhere } = await fittingZones(db, asked);
      const ofZones = !everywhere && zones.length <= mostFiltered;
      const report = await reports.get(JSON.stringify([asked.timeZone, ofZones && zones]), nowMs, () =>
        maker.make('forecast', {
          ...{ from: new Date(nowMs - 1), to: new Date(nowMs), timeZone: asked.timeZone },
          filters: ofZones
            ? [{ dimension: 'zone', operator: 'in', values: zones.length === 0 ? [noZone] : zones }]
            : [],
        }),
      );
      const bookings = await bookingsFor(db, asked, flight, nowMs);
      const draft = {
        ...{ targeting: asked.targeting, zones, everywhere, bookings },
        goesBefore: await goesBefore(db, asked),
      };
      const forecast = await forecastDraft(clickhouse, draft, { report, ofZones }, nowMs, signal);
      const names = new Map(bookings.map(({ lineItemId, name }) => [lineItemId, name]));
      return reply.value({
        ...forecast,
        days: [...forecast.days],
        rules: rulesShown(forecast),
        bookings: forecast.bookings
          .filter(({ perDay }) => perDay > 0)
          .map((each) => ({ ...each, name: names.get(each.lineItemId) ?? '' })),
        fit: asked.goal === null ? null : fitOf(forecast.days, asked.goal, flight, flight.dayOf),
        notes: notesOf(report, forecast),
      });
    },
  });
}

function flightOf(
  { startAt, endAt, timeZone }: Pick<z.output<typeof body>, 'startAt' | 'endAt' | 'timeZone'>,
  nowMs: number,
): Flight {
  const startMs = Math.max(nowMs, startAt === null ? nowMs : Date.parse(startAt));
  const endMs = endAt === null ? farAwayMs : Date.parse(endAt);
  if (endMs <= startMs) throw fieldError('/endAt', 'must be later than startAt and than now');
  const name = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  return { startMs, endMs, dayOf: (ms) => name.format(ms) };
}

/** Active zones that are asked for and have one of the sizes. */
async function fittingZones(
  db: Kysely<Tables>,
  { zones: asked, sizes }: Pick<z.output<typeof body>, 'zones' | 'sizes'>,
): Promise<{ zones: number[]; everywhere: boolean }> {
  const active = await db
    .selectFrom('zones')
    .innerJoin('sites', 'sites.id', 'zones.site_id')
    .where('zones.status', '=', 'active')
    .where('sites.status', '=', 'active')
    .select(['zones.id', 'zones.sizes'])
    .execute();
  const known = new Set(active.map(({ id }) => id));
  const unknown = asked?.findIndex((id) => !known.has(id)) ?? -1;
  if (unknown !== -1) throw fieldError(`/zones/${unknown}`, 'there is no active zone of this id');
  const wanted = sizes && new Set(sizes.map(([width, height]) => `${width}x${height}`));
  const zones = active
    .filter(({ id }) => asked?.includes(id) ?? true)
    .filter(
      (zone) =>
        wanted === undefined || zone.sizes.some(([width, height]) => wanted.has(`${width}x${height}`)),
    )
    .map(({ id }) => id);
  return { zones, everywhere: zones.length === active.length && zones.length > 0 };
}

function rulesShown({ rules, zoneRequests }: DraftForecast) {
  return rules.map((each, index) => {
    const before = index === 0 ? zoneRequests : (rules[index - 1]?.remaining ?? 0);
    const { rule } = each;
    return { ...each, rule, words: describeRule(rule), lost: Math.max(0, before - each.remaining) };
  });
}

function notesOf(report: Report, { sampled, rules }: DraftForecast): string[] {
  const unknown = rules.filter(({ known }) => !known);
  return [
    ...report.notes,
    ...(sampled === 0 ? ['There were no ad requests in the last days to learn the shares from.'] : []),
    ...(unknown.length === 0
      ? []
      : [
          `Not known of stored requests, and taken as fulfilled: ${unknown.map(({ rule }) => describeRule(rule)).join('; ')}.`,
        ]),
  ];
}
