import type { Parameters } from '../clickhouse/sql-text.ts';
import type { Condition } from '../validity/counted.ts';
import { type Family, visitorCube } from './cubes.ts';
import type { DimensionName } from './dimensions.ts';
import { dayMs, quarterMs } from './period.ts';
import { returnFamilies } from './returns.ts';
import { currentRollups } from './runs.ts';
import type { CubeState } from './state.ts';
import type { Span } from './time-plan.ts';

/**
 * Whether a family's returns can tell the different visitors of a range: of several UTC days, begun and ended on quarters
 * of an hour, of which each is known as far back as the range begins.
 */
export function canTellReturns(
  state: CubeState,
  family: Family | undefined,
  { fromMs, toMs }: Span,
): boolean {
  if (family === undefined || !returnFamilies.includes(family)) return false;
  if (fromMs % quarterMs !== 0 || toMs % quarterMs !== 0) return false;
  const first = dayOf(fromMs);
  const last = dayOf(toMs - 1);
  if (first === last) return false;
  const known = new Map(state.returns.map((day) => [day.dayMs, day]));
  return state.hours.every(({ hourMs }) => {
    const day = dayOf(hourMs);
    if (day < first || day > last) return true;
    const { valid = false, reach = 0 } = known.get(day) ?? {};
    return valid && reach >= (day - first) / dayMs;
  });
}

/**
 * SELECT of some dimensions with the numbers of different visitors of a range: `daily_days` and `cookie_days` of each UTC
 * day, added up, and the `cookies` of all of it. See `returns.ts`.
 */
export function returnsSource(
  family: Family,
  select: readonly DimensionName[],
  { fromMs, toMs }: Span,
  filter: Condition,
  state: CubeState,
): { readonly sql: string; readonly parameters: Parameters } {
  const start = dayOf(fromMs);
  const end = dayOf(toMs);
  const startQuarter = (fromMs - start) / quarterMs;
  const endQuarter = (toMs - end) / quarterMs;
  // The days that count as a whole; `start` and `end` only where the range begins and ends with them.
  const whole = { fromMs: startQuarter === 0 ? start : start + dayMs, toMs: end };
  // Seconds, because dateDiff takes longer than all the rest.
  const isNew = `gap * 86400 > toUnixTimestamp(bucket) - ${start / 1000}`;
  const parts = [
    `part = 'days' AND bucket >= ${instant(whole.fromMs)} AND bucket < ${instant(whole.toMs)}`,
    ...(startQuarter === 0
      ? []
      : [
          `part = 'from' AND bucket = ${instant(start)} AND quarter >= ${startQuarter}`,
          `part = 'since' AND bucket = ${instant(start)} AND before < ${startQuarter}
            AND (period < ${instant(end)} OR period = ${instant(end)} AND quarter < ${endQuarter})`,
        ]),
    ...(endQuarter === 0 ? [] : [`part = 'to' AND bucket = ${instant(end)} AND quarter < ${endQuarter}`]),
  ];
  const sums = [
    `sumIf(visitors, NOT cookie AND part != 'since') AS daily_days`,
    `sumIf(visitors, cookie AND part != 'since') AS cookie_days`,
    `sumIf(visitors, cookie AND (part IN ('from', 'since') OR ${isNew})) AS cookies`,
  ];
  const keys = select.join(', ');
  return {
    sql: `SELECT ${[keys, ...sums].join(', ')} FROM visitor_returns
      WHERE family = '${family.name}' AND (${parts.map((part) => `(${part})`).join(' OR ')})
        AND bucket >= ${instant(start)} AND bucket <= ${instant(end)}
        AND (period, version) IN (${currentRollups(visitorCube.name, 'returns', '{newest:UInt64}')})
        AND (${filter.sql})
      GROUP BY ${keys}`,
    parameters: { ...filter.parameters, newest: state.newest },
  };
}

const dayOf = (ms: number): number => Math.floor(ms / dayMs) * dayMs;

const instant = (ms: number): string => `toDateTime(${ms / 1000}, 'UTC')`;
