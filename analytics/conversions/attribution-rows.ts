import type { Parameters } from '../clickhouse/sql-text.ts';
import { countedForMs } from '../events/columns.ts';
import { touchDimensions } from '../rollup/dimensions.ts';
import { periodMs } from '../rollup/period.ts';
import { currentVersions } from '../rollup/runs.ts';
import { type Condition, counted } from '../validity/counted.ts';
import type { ReversalChange } from '../validity/reversals.ts';

/** What a conversion of an advertiser is, and what may be put down to an ad. */
export interface ConversionAction {
  readonly id: number;
  readonly advertiserId: number;
  /** A click counts for a conversion that comes within this time. */
  readonly clickWindowMs: number;
  /** The same of an impression, at most a day: without a cookie nobody is known for longer. */
  readonly viewWindowMs: number;
  /** `one`: one conversion of each click or impression; `every`: each order, and each that has none. */
  readonly counting: 'one' | 'every';
  /** ISO 4217. Values in another one are not counted as value. */
  readonly currency: string;
}

/** Longest click window that an action can have. */
export const longestClickWindowMs = 90 * 86_400_000;

const dayMs = 86_400_000;
const keys = touchDimensions.join(', ');

/** The columns that `attributionRows` selects, in its order. */
export const attributionColumns = `period, id, time, kind, action, value_micros, once, touch, touch_time, ${keys}`;

const seconds = (name: string) => `toDateTime({${name}:UInt32}, 'UTC')`;
const inPeriod = `origin >= ${seconds('first')} AND origin < ${seconds('end')}`;
const ms = (instant: string) => `toUnixTimestamp64Milli(${instant})`;
/** Numbers by which a conversion knows its visitor: a row for each. */
const numbers = 'arrayJoin(arrayFilter(number -> number != 0, [visitor, pairing]))';
const others = (columns: string) => `SELECT ${columns} FROM attributed_conversions
  WHERE period != ${seconds('first')} AND (period, version) IN (${currentVersions('conversion_runs')})`;

/**
 * SELECT of the attributed conversions of one period. In order of preference a conversion is put down to
 *
 * 1. the click that it names, within the click window;
 * 2. the latest click of the same visitor on the same day (UTC), within the click window: by the number of the day, or by
 *    the pairing where the click has the number of a cookie;
 * 3. the latest impression of the same visitor on the same day, within the view window;
 *
 * each of the action's own advertiser, before the conversion, and counted. Conversions with one id (action and order)
 * are reports of one, such as a page's and a server's: the one that is put down to something by the first of these
 * rules counts, in whichever period that was first.
 */
export function attributionRows(
  actions: readonly ConversionAction[],
  reversals: readonly ReversalChange[],
  periodStartMs: number,
): Condition {
  const reaches = longestClickWindowMs + countedForMs + periodMs;
  const counting = counted(reversals, `period >= ${seconds('earliest')} AND period < ${seconds('end')}`);
  const once = (columns: string, where: string) => `SELECT ${columns} FROM events
    WHERE ${counting.sql} AND ${where}
    ORDER BY toStartOfHour(origin), type, id, time, ${keys}
    LIMIT 1 BY toStartOfHour(origin), type, id`;
  const named = `FROM events WHERE type = 'conversion' AND ${inPeriod} AND decision != 0`;
  // A conversion's own visitor is always that of the day: an advertiser's page has no cookie of the site's.
  const who = `if(visitor_kind = 'cookie', pairing, visitor)`;
  const touch = `type, id AS touch, time AS touch_time, ${who} AS touch_visitor, ${keys}`;
  const clicks = once(
    touch,
    `type = 'click' AND origin >= ${seconds('earliest')} AND origin < ${seconds('end')}
      AND toStartOfHour(origin) IN (SELECT toStartOfHour(decision_time) ${named}) AND id IN (SELECT decision ${named})`,
  );
  const sameDay = once(
    touch,
    `type IN ('impression', 'click') AND origin >= ${seconds('day')} - ${countedForMs / 1000}
      AND origin < ${seconds('end')} AND time >= ${seconds('day')} AND ${who} IN (
        SELECT ${numbers} FROM events WHERE type = 'conversion' AND ${inPeriod})`,
  );
  const parameters: Parameters = {
    ...counting.parameters,
    first: periodStartMs / 1000,
    end: (periodStartMs + periodMs) / 1000,
    day: Math.floor(periodStartMs / dayMs) * (dayMs / 1000),
    earliest: Math.max(0, Math.floor((periodStartMs - reaches) / 1000)),
    actions: actions.map(({ id }) => id),
    owners: actions.map(({ advertiserId }) => advertiserId),
    clickMs: actions.map(({ clickWindowMs }) => clickWindowMs),
    viewMs: actions.map(({ viewWindowMs }) => Math.min(viewWindowMs, dayMs)),
    ones: actions.map(({ counting: how }) => (how === 'one' ? 1 : 0)),
    currencies: actions.map(({ currency }) => currency),
  };
  const ofAction = (list: string, type: string, otherwise: string) =>
    `transform(conversion_action, {actions:Array(UInt32)}, {${list}:Array(${type})}, ${otherwise})`;
  const conversions = `SELECT *, ${ofAction('owners', 'UInt32', 'toUInt32(0)')} AS owner,
      ${ofAction('clickMs', 'Int64', 'toInt64(0)')} AS click_ms,
      ${ofAction('viewMs', 'Int64', 'toInt64(0)')} AS view_ms,
      ${ofAction('ones', 'UInt8', 'toUInt8(0)')} AS counts_one,
      ${ofAction('currencies', 'String', "''")} AS own_currency
    FROM (
      SELECT id, time, visitor, pairing, conversion_action, value_micros, currency, decision
      FROM events WHERE type = 'conversion' AND ${counting.sql} AND ${inPeriod}
    )
    WHERE owner != 0 AND id NOT IN (${others('id')})`;
  const within = (window: string) =>
    `t.advertiser = c.owner AND t.touch_time <= c.time AND ${ms('c.time')} - ${ms('t.touch_time')} < c.${window}`;
  const pairs = (
    from: string,
    touches: string,
    on: string,
    preference: number,
    kind: string,
    where: string,
  ) =>
    `SELECT c.id AS id, c.time AS time, c.conversion_action AS action, c.counts_one AS counts_one,
       if(c.currency IN ('', c.own_currency), c.value_micros, 0) AS value_micros,
       ${preference} AS preference, '${kind}' AS kind, t.touch AS touch, t.touch_time AS touch_time,
       ${touchDimensions.map((key) => `t.${key} AS ${key}`).join(', ')}
     FROM (${from}) AS c INNER JOIN (${touches}) AS t ON ${on} WHERE ${where}`;
  const numbered = `SELECT *, ${numbers} AS known_by FROM (${conversions})`;
  const byVisitor = 't.touch_visitor = c.known_by';
  const sql = `SELECT ${attributionColumns} FROM (
      SELECT toStartOfHour(time) AS period, *, if(counts_one = 1, touch, id) AS once
      FROM (
        ${pairs(conversions, clicks, 't.touch = c.decision', 1, 'post_click', within('click_ms'))}
        UNION ALL
        ${pairs(numbered, sameDay, byVisitor, 2, 'post_click', `t.type = 'click' AND ${within('click_ms')}`)}
        UNION ALL
        ${pairs(numbered, sameDay, byVisitor, 3, 'post_view', `t.type = 'impression' AND ${within('view_ms')}`)}
      )
      ORDER BY id, preference, touch_time DESC, touch, time, value_micros
      LIMIT 1 BY id
    )
    WHERE (action, once) NOT IN (${others('action, once')})
    ORDER BY action, once, time, id
    LIMIT 1 BY action, once`;
  return { sql, parameters };
}
