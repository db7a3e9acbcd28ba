import type { ClickHouse } from '../clickhouse/handle.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { closedUntil } from './period.ts';
import { isRolledUp, periodStates } from './state.ts';

/** What `rollUp` would do now: periods it would make, with their events. */
export async function rollupDue(
  clickhouse: ClickHouse,
  nowMs: number,
  signal?: AbortSignal,
): Promise<{ periods: number; events: number }> {
  const options = { lane: 'jobs', signal } as const;
  const reversals = await reversalChanges(clickhouse, options);
  const all = { fromMs: 0, toMs: Date.UTC(2100, 0) };
  const due = (await periodStates(clickhouse, all, options, reversals)).filter(
    (state) => state.periodMs < closedUntil(nowMs) && !isRolledUp(state),
  );
  return { periods: due.length, events: due.reduce((sum, { events }) => sum + events, 0) };
}
