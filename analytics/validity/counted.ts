import type { Parameters } from '../clickhouse/sql-text.ts';
import { currentVersions } from '../rollup/runs.ts';
import { type ReversalChange, reversalsOf } from './reversals.ts';

/** A condition, with the parameters that it needs. */
export interface Condition {
  readonly sql: string;
  readonly parameters: Parameters;
}

/** SQL that tells whether a reason (SQL) is reversed for a row with time, site, line_item, network and asn. */
export interface Reversed {
  readonly of: (reason: string) => string;
  readonly any: boolean;
  readonly parameters: Parameters;
}

/** What the reversals that hold say. They are few: made by hand, one at a time. */
export function reversed(changes: readonly ReversalChange[]): Reversed {
  const holding = reversalsOf(changes).filter(({ undoneAtMs }) => undoneAtMs === null);
  if (holding.length === 0) return { of: () => '0', any: false, parameters: {} };
  return {
    any: true,
    of: (reason) =>
      `arrayExists((r, f, e, s, l, n, a) -> r = ${reason} AND toUnixTimestamp64Milli(time) >= f
        AND toUnixTimestamp64Milli(time) < e AND (s = 0 OR s = site) AND (l = 0 OR l = line_item)
        AND (n = '' OR n = network) AND (a = 0 OR a = asn),
        {rvReasons:Array(String)}, {rvFrom:Array(Int64)}, {rvTo:Array(Int64)}, {rvSites:Array(UInt32)},
        {rvLineItems:Array(UInt32)}, {rvNetworks:Array(String)}, {rvAsns:Array(UInt32)})`,
    parameters: {
      rvReasons: holding.map(({ reason }) => reason),
      rvFrom: holding.map(({ fromMs }) => fromMs),
      rvTo: holding.map(({ toMs }) => toMs),
      rvSites: holding.map(({ site }) => site),
      rvLineItems: holding.map(({ lineItem }) => lineItem),
      rvNetworks: holding.map(({ network }) => network),
      rvAsns: holding.map(({ asn }) => asn),
    },
  };
}

/**
 * The one condition on rows of `events` that says whether they count: no reason against them that the worker saw, and
 * none that was found later, but for reasons that are reversed. Duplicates are the reader's to take out.
 * @param periods condition on the column `period`, which leaves no mark out of those that the rows can have
 */
export function counted(changes: readonly ReversalChange[], periods: string): Condition {
  const { of, any, parameters } = reversed(changes);
  const seen = any
    ? `(invalid = '' OR arrayAll(reason -> ${of('reason')}, splitByChar(' ', toString(invalid))))`
    : `invalid = ''`;
  const found = `SELECT period, type, id FROM event_marks WHERE (${periods})
    AND (period, version) IN (${currentVersions('mark_runs')})${any ? ` AND NOT ${of('reason')}` : ''}`;
  return {
    sql: `not_counted = '' AND ${seen} AND (toStartOfHour(origin), type, id) NOT IN (${found})`,
    parameters,
  };
}
