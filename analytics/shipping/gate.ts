import type { ClickHouse } from '../clickhouse/handle.ts';

const tails = new WeakMap<ClickHouse, Promise<unknown>>();

/**
 * Runs one piece of work at a time for a ClickHouse of this process: those that insert events, change the log's
 * sealed segments, or count both. What waits is let in in order.
 */
export function whileNobodyInserts<Result>(
  clickhouse: ClickHouse,
  work: () => Promise<Result>,
): Promise<Result> {
  const result = (tails.get(clickhouse) ?? Promise.resolve()).then(work);
  tails.set(
    clickhouse,
    result.catch(() => undefined),
  );
  return result;
}
