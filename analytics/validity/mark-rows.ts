import { countedForMs } from '../events/columns.ts';
import type { InvalidReason } from '../events/invalid-reasons.ts';
import { periodMs } from '../rollup/period.ts';
import { longestWindowMs, type Rate, type TrafficRates } from './rates.ts';

const columns = 'period, type, id, reason, time, site, line_item, network, asn';
const kept = 'origin, type, id, time, visitor, site, line_item, network, asn, invalid';

/**
 * Each event of a type once, the earliest, late and repeated ones left aside. Those that are invalid are among them:
 * whether an event is one too many is asked of all that happened, so that a mark never moves another one.
 */
const once = (type: string, where: string) => `SELECT ${kept} FROM events
  WHERE type = '${type}' AND not_counted = '' AND ${where}
  ORDER BY toStartOfHour(origin), type, id, time, visitor, site, line_item, network, asn, invalid
  LIMIT 1 BY toStartOfHour(origin), type, id`;

const seconds = (name: string) => `toDateTime({${name}:UInt32}, 'UTC')`;
const inPeriod = `origin >= ${seconds('first')} AND origin < ${seconds('end')}`;
const seenByWorker = (reason: InvalidReason) => `has(splitByChar(' ', toString(invalid)), '${reason}')`;

const marksOf = (reason: InvalidReason, source: string) =>
  `SELECT toStartOfHour(origin) AS period, type, id, '${reason}' AS reason, time, site, line_item, network, asn
   FROM (${source}) WHERE ${inPeriod}`;

/** Of the events in `source`, those before which as many as a rate allows came within its window, by the same `by`. */
function tooOften(source: string, by: string, rates: readonly Rate[]): string {
  const frame = `OVER (PARTITION BY ${by} ORDER BY ms, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  const conditions = rates.map(({ count, windowMs }) => {
    const [n, window] = [whole(count), whole(windowMs)];
    return `ms - lagInFrame(ms, ${n}, toInt64(-${window})) ${frame} < ${window}`;
  });
  return `SELECT ${kept} FROM (
    SELECT *, ${conditions.join(' OR ')} AS too_often
    FROM (SELECT *, toUnixTimestamp64Milli(time) AS ms FROM (${source}))
  ) WHERE too_often`;
}

/** Events that come before one of the period within a rate's window, and all that may lie between. */
function around(rates: readonly Rate[]): string {
  const before = whole((longestWindowMs(rates) + countedForMs + periodMs) / 1000);
  const after = whole(countedForMs / 1000);
  return `origin >= ${seconds('first')} - ${before} AND origin < ${seconds('end')} + ${after}`;
}

/**
 * SELECT of the marks of one period `[first, end)`, given in seconds: of what a worker cannot tell, because it sees one
 * request and its share of the traffic. What a worker has told already is marked again: the event may have a duplicate
 * at a worker that saw nothing wrong.
 */
export function markRows({ clicks, impressions, networkClicks }: TrafficRates): string {
  const impressionIds = `SELECT id FROM events WHERE type = 'impression' AND ${inPeriod}`;
  const orphans = (type: string) =>
    marksOf('no_impression', once(type, `${inPeriod} AND id NOT IN (${impressionIds})`));
  const parts = [orphans('click'), orphans('viewable')];
  if (clicks.length > 0) {
    const source = tooOften(once('click', `${around(clicks)} AND visitor != 0`), 'visitor', clicks);
    parts.push(marksOf('click_rate', source));
  }
  if (networkClicks.length > 0) {
    const source = once('click', `${around(networkClicks)} AND network != ''`);
    parts.push(marksOf('network_rate', tooOften(source, 'network', networkClicks)));
  }
  if (impressions.length > 0) {
    const source = once('impression', `${around(impressions)} AND visitor != 0`);
    const often = tooOften(source, 'visitor, line_item', impressions);
    parts.push(marksOf('impression_rate', often));
    // What comes of an impression that is one too many does not count either.
    const seen = `SELECT id FROM (${often}) WHERE ${inPeriod}
      UNION ALL SELECT id FROM events WHERE type = 'impression' AND ${inPeriod} AND ${seenByWorker('impression_rate')}`;
    parts.push(marksOf('impression_rate', once('viewable', `${inPeriod} AND id IN (${seen})`)));
  }
  return `SELECT ${columns} FROM (${parts.join('\nUNION ALL\n')})`;
}

/** The columns that `markRows` selects, in its order. */
export const markColumns = columns;

/** A window's frame takes no parameters: these go in as digits. */
function whole(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`${value} is no whole number.`);
  return String(value);
}
