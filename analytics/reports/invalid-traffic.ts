import { invalidReasonNames, invalidReasons, notCountedReasons } from '../events/invalid-reasons.ts';
import { trafficCube } from '../rollup/cubes.ts';
import { currentVersions } from '../rollup/runs.ts';
import { cubeState, originRange } from '../rollup/state.ts';
import { reversed } from '../validity/counted.ts';
import { type ReversalChange, reversalChanges } from '../validity/reversals.ts';
import { timeDimensions } from './dimensions.ts';
import { finalUntilMs } from './finality.ts';
import type { GroupedReport } from './grouped-query.ts';
import type { Dimension, Metric, ReportDefinition } from './report.ts';

const text = (expression: string, definition: string): Dimension => ({
  type: 'text',
  definition,
  expression,
  filterType: 'String',
});
const id = (expression: string, definition: string): Dimension => ({
  type: 'id',
  definition,
  expression,
  filterType: 'UInt32',
});

const dimensions: Readonly<Record<string, Dimension>> = {
  reason: text(
    'reason',
    'Why the events do not count: the first of their reasons in the order of the list; empty where all are reversed. ' +
      `Invalid traffic: ${invalidReasonNames.join(', ')}. Others: ${Object.keys(notCountedReasons).join(', ')}, duplicate.`,
  ),
  class: text(
    'class',
    'GIVT or SIVT as the MRC defines them; empty for late, repeated and duplicate events.',
  ),
  reasons: text('reasons', 'All reasons of an event, also reversed ones, separated by spaces.'),
  type: text('toString(type)', 'Type of the event, such as impression or click.'),
  ...timeDimensions('time'),
  site: id('site', 'Site of the zone or page.'),
  zone: id('zone', 'Zone that the ad was asked for; 0 for page views.'),
  lineItem: id('line_item', 'Line item of the ad; 0 where there was none.'),
  country: text('country', "Country of the visitor's address (ISO 3166-1 alpha-2)."),
  asn: {
    type: 'number',
    definition: "Autonomous system of the visitor's address; 0 where unknown.",
    expression: 'asn',
    filterType: 'UInt32',
  },
  network: text('network', "The visitor's network: the address masked to /24 (IPv4) or /48 (IPv6)."),
};

const metrics: Readonly<Record<string, Metric>> = {
  events: {
    type: 'count',
    definition: 'Events that are kept and not counted.',
    additive: true,
    aggregate: () => 'countIf(left_out)',
  },
  reversed: {
    type: 'count',
    definition: 'Events with reasons that are all reversed: they count again.',
    additive: true,
    aggregate: () => 'countIf(NOT left_out)',
  },
  examples: {
    type: 'text',
    definition: 'Ids of up to five of these events, separated by spaces.',
    additive: false,
    aggregate: () => `arrayStringConcat(arraySort(groupUniqArray(5)(lower(leftPad(hex(id), 16, '0')))), ' ')`,
  },
};

export const invalidTrafficDefinition: ReportDefinition = {
  name: 'invalid-traffic',
  title: 'Invalid traffic',
  description:
    'The ledger of events that are kept and left out of all counts and money, each once, under the first reason that ' +
    'holds. For each type of event, what was counted and what is here add up to what was recorded.',
  dimensions,
  metrics,
};

const instant = (parameter: string) => `fromUnixTimestamp64Milli({${parameter}:Int64}, 'UTC')`;
const keys = 'site, zone, line_item, country, asn, network';

const givt = invalidReasonNames.filter((name) => invalidReasons[name].class === 'GIVT');
const sivt = invalidReasonNames.filter((name) => invalidReasons[name].class === 'SIVT');
const listed = (names: readonly string[]) => `(${names.map((name) => `'${name}'`).join(', ')})`;

/**
 * Every event of the range that has a reason or is a duplicate. Of those with the same type and id within a period, the
 * earliest that counts is the event, as in the other reports; further ones that would count are its duplicates.
 */
function ledger(reversals: readonly ReversalChange[]): {
  sql: string;
  parameters: ReturnType<typeof reversed>['parameters'];
} {
  const { of, any, parameters } = reversed(reversals);
  const periods = `period >= ${instant('originFromMs')} AND period < ${instant('originToMs')}`;
  const events = `origin >= ${instant('originFromMs')} AND origin < ${instant('originToMs')}`;
  const marks = `SELECT period, type, id, groupUniqArray(toString(reason)) AS found,
      groupUniqArrayIf(toString(reason), NOT ${of('reason')}) AS held
    FROM event_marks
    WHERE ${periods} AND (period, version) IN (${currentVersions('mark_runs')}) GROUP BY period, type, id`;
  const order = `indexOf([${invalidReasonNames.map((name) => `'${name}'`).join(', ')}], r)`;
  const sql = `SELECT time, type, id, ${keys},
      NOT counts OR nth > 1 AS left_out,
      multiIf(counts AND nth > 1, 'duplicate', not_counted != '', toString(not_counted), counts, '', holding[1]) AS reason,
      multiIf(reason IN ${listed(givt)}, 'GIVT', reason IN ${listed(sivt)}, 'SIVT', '') AS class,
      arrayStringConcat(given, ' ') AS reasons
    FROM (
      SELECT *, row_number() OVER (PARTITION BY period, type, id ORDER BY counts DESC, time) AS nth
      FROM (
        SELECT toStartOfHour(origin) AS period, time, type, id, not_counted, ${keys},
          arraySort(r -> ${order}, arrayDistinct(
            arrayConcat(seen, marked.found))) AS given,
          if(invalid = '', [], splitByChar(' ', toString(invalid))) AS seen,
          ${any ? `arrayFilter(g -> has(marked.held, g) OR has(seen, g) AND NOT ${of('g')}, given)` : 'given'} AS holding,
          not_counted = '' AND empty(holding) AS counts
        FROM (SELECT * FROM events WHERE ${events}) AS event
        LEFT JOIN (${marks}) AS marked
          ON marked.period = toStartOfHour(event.origin) AND marked.type = event.type AND marked.id = event.id
      )
    )
    WHERE (NOT counts OR nth > 1 OR notEmpty(given))
      AND time >= ${instant('fromMs')} AND time < ${instant('toMs')}`;
  return { sql, parameters };
}

/** The ledger of what is not counted, from the raw events. */
export const invalidTrafficReport: GroupedReport = {
  definition: invalidTrafficDefinition,
  async source({ clickhouse, now, signal }, request) {
    const options = { lane: 'reports', signal } as const;
    const reversals = await reversalChanges(clickhouse, options);
    const state = await cubeState(clickhouse, trafficCube, request, options, reversals);
    const origins = await originRange(clickhouse, request, options);
    const { sql, parameters } = ledger(reversals);
    return {
      sql,
      parameters: {
        ...parameters,
        fromMs: request.fromMs,
        toMs: request.toMs,
        ...origins,
      },
      finalUntilMs: finalUntilMs(state, request, now.getTime()),
      readFrom: 'events',
      notes: [],
    };
  },
};
