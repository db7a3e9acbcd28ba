import { type DatesLeaf, leavesOf, type ScheduleLeaf, type Targeting } from '../../inventory/targeting.ts';

export type TimeLeaf = ScheduleLeaf | DatesLeaf;

export function timeLeaves(rule: Targeting): readonly TimeLeaf[] {
  return leavesOf(rule).filter((leaf) => leaf.on === 'schedule' || leaf.on === 'dates');
}

/** A stretch of time, half-open, in milliseconds since 1970. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

const quarterHourMs = 900_000;

/**
 * The stretch around `nowMs` in which the leaves answer as they do now. Hours of every time zone begin on a quarter of an
 * hour of UTC.
 */
export function unchanged(leaves: readonly TimeLeaf[], nowMs: number): Stretch {
  const instants: number[] = [];
  for (const leaf of leaves) {
    if (leaf.on === 'schedule') {
      const quarter = Math.floor(nowMs / quarterHourMs) * quarterHourMs;
      instants.push(quarter, quarter + quarterHourMs);
    } else {
      for (const bound of [leaf.from, leaf.to]) if (bound !== undefined) instants.push(Date.parse(bound));
    }
  }
  return between(instants, nowMs);
}

/** From the last instant that is not after `nowMs` until the next one. */
function between(instants: readonly number[], nowMs: number): Stretch {
  let fromMs = Number.NEGATIVE_INFINITY;
  let untilMs = Number.POSITIVE_INFINITY;
  for (const instant of instants) {
    if (instant > nowMs) untilMs = Math.min(untilMs, instant);
    else fromMs = Math.max(fromMs, instant);
  }
  return { fromMs, untilMs };
}

/** What lies in both. */
export function overlap(left: Stretch, right: Stretch): Stretch {
  return { fromMs: Math.max(left.fromMs, right.fromMs), untilMs: Math.min(left.untilMs, right.untilMs) };
}

export const always: Stretch = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
