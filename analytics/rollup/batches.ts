import { periodMs } from './period.ts';
import type { HourState } from './state.ts';

/** So many events that the sums of all families fit in memory side by side, and no longer lists than these. */
export const batchEvents = 1_000_000;
const batchHours = 720;

/** What is due, put together as far as is made as one. */
export function* batches<Item>(
  due: readonly Item[],
  hoursOf: (item: Item) => readonly HourState[],
  mostEvents = batchEvents,
): Generator<Item[]> {
  let batch: Item[] = [];
  let [events, hours] = [0, 0];
  let origins = new Set<number>();
  for (const item of due) {
    const own = hoursOf(item);
    const added = eventsOf(own, origins);
    if (batch.length > 0 && (hours + own.length > batchHours || events + added > mostEvents)) {
      yield batch;
      batch = [];
      [events, hours] = [0, 0];
      origins = new Set();
    }
    batch.push(item);
    events += eventsOf(own, origins);
    hours += own.length;
    for (const { originMs } of own.flatMap((hour) => hour.origins)) origins.add(originMs);
  }
  if (batch.length > 0) yield batch;
}

/** Raw events with a say in some hours, but for those of other origins. */
export function eventsOf(hours: readonly HourState[], but: ReadonlySet<number> = new Set()): number {
  const origins = new Map(
    hours.flatMap((hour) => hour.origins).map(({ originMs, events }) => [originMs, events]),
  );
  return [...origins].reduce((sum, [origin, events]) => (but.has(origin) ? sum : sum + events), 0);
}

/** The bounds beside the list let ClickHouse pass over the other days' partitions. */
export const inOrigins = `toStartOfHour(origin) IN {origins:Array(DateTime('UTC'))}
  AND origin >= toDateTime({firstOrigin:UInt32}, 'UTC') AND origin < toDateTime({endOrigin:UInt32}, 'UTC')`;

export function originsOf(hours: readonly HourState[]): number[] {
  return [...new Set(hours.flatMap(({ origins }) => origins.map(({ originMs }) => originMs)))].sort(
    (a, b) => a - b,
  );
}

export function originParameters(originsMs: readonly number[]) {
  const origins = originsMs.map((origin) => origin / 1000);
  return {
    origins,
    firstOrigin: Math.min(...origins),
    endOrigin: Math.max(...origins) + periodMs / 1000,
  };
}
