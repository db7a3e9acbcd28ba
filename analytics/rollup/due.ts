import type { ClickHouse } from '../clickhouse/handle.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { cubes } from './cubes.ts';
import { closedUntil } from './period.ts';
import { cubeState, type HourState } from './state.ts';

const all = { fromMs: 0, toMs: Date.UTC(2100, 0) };

/** Hours of all cubes whose rollup does not stand for their events. */
export async function openHours(clickhouse: ClickHouse, signal?: AbortSignal): Promise<HourState[]> {
  const options = { lane: 'jobs', signal } as const;
  const reversals = await reversalChanges(clickhouse, options);
  const open: HourState[] = [];
  for (const cube of cubes) {
    const { hours } = await cubeState(clickhouse, cube, all, options, reversals);
    open.push(...hours.filter(({ valid }) => !valid));
  }
  return open;
}

/** What `rollUp` would do now: hours it would make, with the raw events that have a say in them. */
export async function rollupDue(
  clickhouse: ClickHouse,
  nowMs: number,
  signal?: AbortSignal,
): Promise<{ periods: number; events: number }> {
  const closedMs = closedUntil(nowMs);
  const due = (await openHours(clickhouse, signal)).filter(
    ({ hourMs, origins }) => hourMs < closedMs && origins.every(({ originMs }) => originMs < closedMs),
  );
  const origins = new Map(
    due.flatMap((hour) => hour.origins).map(({ originMs, events }) => [originMs, events]),
  );
  return { periods: due.length, events: [...origins.values()].reduce((sum, events) => sum + events, 0) };
}
