import { fingerprint } from './fingerprint.ts';
import { dayMs } from './period.ts';
import { mostReach, returnFamilies } from './returns.ts';
import type { DayState, HourState } from './state.ts';

/** What stands of the returns of a UTC day, where it is known who was seen on it. */
export interface ReturnsState extends DayState {
  /** How many days before it the rows look back on. */
  readonly reach: number;
  /** How many they could, and what they would be made of. */
  readonly possibleReach: number;
  readonly possibleMadeOf: number;
  /** Whether they have to be made, and can be. */
  readonly due: boolean;
}

/** What rows are made: where a new version of Signpost makes others, all are made anew. */
const making = fingerprint(
  [...JSON.stringify(returnFamilies)].map((character) => character.codePointAt(0) ?? 0),
);

interface Run {
  readonly periodMs: number;
  readonly version: number;
  readonly madeOf: number;
  readonly reach: number;
}

/**
 * Returns are valid while who was seen on the day, and on each day that they look back on, is what they were made of. A day
 * before whose events were dropped, or that waits for its hours, cannot be looked back on, nor any before it.
 * @param byDay the hours that events touch, by UTC day
 * @param visitorDays of the days with valid hours
 * @param seen runs of who was seen, also of days before
 */
export function returnsOf(
  byDay: ReadonlyMap<number, readonly HourState[]>,
  visitorDays: readonly DayState[],
  seen: ReadonlyMap<number, { readonly version: number }>,
  runs: ReadonlyMap<number, Run>,
): ReturnsState[] {
  const isDropped = (day: number) => byDay.get(day)?.some(({ dropped }) => dropped) ?? false;
  const known = new Set(visitorDays.filter(({ valid }) => valid).map((day) => day.dayMs));
  const isKnown = (day: number) => !byDay.has(day) || (known.has(day) && !isDropped(day));
  return [...known].map((day) => {
    const made = (reach: number) => {
      const versions: number[] = [making, reach];
      for (let at = day - reach * dayMs; at <= day; at += dayMs) {
        const version = seen.get(at)?.version;
        if (version !== undefined) versions.push(at, version);
      }
      return fingerprint(versions);
    };
    let possibleReach = 0;
    while (possibleReach < mostReach && isKnown(day - (possibleReach + 1) * dayMs)) possibleReach++;
    const run = runs.get(day);
    const reach = run?.reach ?? 0;
    const madeOf = made(reach);
    const valid = run?.madeOf === madeOf;
    return {
      ...{ dayMs: day, madeOf, version: run?.version ?? 0, valid, reach },
      ...{ possibleReach, possibleMadeOf: made(possibleReach) },
      due: !isDropped(day) && (!valid || reach < possibleReach),
    };
  });
}
