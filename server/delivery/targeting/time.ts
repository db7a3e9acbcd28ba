import { type DatesLeaf, leavesOf, type ScheduleLeaf, type Targeting } from '../../inventory/targeting.ts';

export type TimeLeaf = ScheduleLeaf | DatesLeaf;

export function timeLeaves(rule: Targeting): readonly TimeLeaf[] {
  return leavesOf(rule).filter((leaf) => leaf.on === 'schedule' || leaf.on === 'dates');
}

const quarterHourMs = 900_000;

/**
 * Until when the leaves answer as they do now, in milliseconds since 1970. Hours of every time zone begin on a quarter
 * of an hour of UTC.
 */
export function nextChange(leaves: readonly TimeLeaf[], nowMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const leaf of leaves) {
    if (leaf.on === 'schedule') {
      next = Math.min(next, (Math.floor(nowMs / quarterHourMs) + 1) * quarterHourMs);
    } else {
      for (const bound of [leaf.from, leaf.to]) {
        const ms = bound === undefined ? Number.NaN : Date.parse(bound);
        if (ms > nowMs) next = Math.min(next, ms);
      }
    }
  }
  return next;
}
