import { randomInt } from 'node:crypto';
import type { CallOptions, ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import type { InvalidReason } from '../events/invalid-reasons.ts';

/** A reason that is not to be held against the events of a stretch of time, or some of them. */
export interface ReversalScope {
  readonly reason: InvalidReason;
  /** Of the events' own time, half-open, milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** 0, or empty: all. */
  readonly site: number;
  readonly lineItem: number;
  /** Masked, as events have it. */
  readonly network: string;
  readonly asn: number;
  /** Why; for people. */
  readonly note: string;
}

/** One row of the record: a reversal was made, or was undone. */
export interface ReversalChange extends ReversalScope {
  readonly id: number;
  readonly state: 'made' | 'undone';
  readonly atMs: number;
}

export interface Reversal extends ReversalScope {
  readonly id: number;
  readonly madeAtMs: number;
  /** null while it holds. */
  readonly undoneAtMs: number | null;
}

/** Every change ever made, oldest first. */
export function reversalChanges(
  clickhouse: ClickHouse,
  options: CallOptions = {},
): Promise<ReversalChange[]> {
  return clickhouse.query<ReversalChange>(
    `SELECT id, toString(state) AS state, toUnixTimestamp64Milli(at) AS atMs, reason,
       toUnixTimestamp64Milli(first) AS fromMs, toUnixTimestamp64Milli(end) AS toMs,
       site, line_item AS lineItem, network, asn, note
     FROM traffic_reversals ORDER BY traffic_reversals.at, traffic_reversals.state`,
    {},
    options,
  );
}

/** The reversals out of their changes, oldest first. */
export function reversalsOf(changes: readonly ReversalChange[]): Reversal[] {
  const undone = new Map(
    changes.filter(({ state }) => state === 'undone').map(({ id, atMs }) => [id, atMs] as const),
  );
  return changes
    .filter(({ state }) => state === 'made')
    .map(({ state: _state, atMs, ...scope }) => ({
      ...scope,
      madeAtMs: atMs,
      undoneAtMs: undone.get(scope.id) ?? null,
    }));
}

/** How many changes touch a stretch of time, both ends included: it grows with each, also with an undoing. */
export function changesWithin(changes: readonly ReversalChange[], firstMs: number, lastMs: number): number {
  return changes.filter(({ fromMs, toMs }) => fromMs <= lastMs && toMs > firstMs).length;
}

/** Makes a reversal. Reports hold to it at once; the rollups it touches are made anew by the next run. */
export async function makeReversal(
  clickhouse: ClickHouse,
  scope: ReversalScope,
  nowMs: number,
): Promise<Reversal> {
  const id = randomInt(1, 2 ** 47);
  await record(clickhouse, { ...scope, id, state: 'made', atMs: nowMs });
  return { ...scope, id, madeAtMs: nowMs, undoneAtMs: null };
}

/** Undoes a reversal. Undoing it again changes nothing. Undefined where there is none of this id. */
export async function undoReversal(
  clickhouse: ClickHouse,
  id: number,
  nowMs: number,
): Promise<Reversal | undefined> {
  const found = reversalsOf(await reversalChanges(clickhouse)).find((reversal) => reversal.id === id);
  if (found === undefined || found.undoneAtMs !== null) return found;
  const atMs = Math.max(nowMs, found.madeAtMs + 1);
  await record(clickhouse, { ...found, state: 'undone', atMs });
  return { ...found, undoneAtMs: atMs };
}

const settings = settingsList({ insert_deduplicate: 0, async_insert: 0 });

async function record(clickhouse: ClickHouse, change: ReversalChange): Promise<void> {
  const { id, state, atMs, reason, fromMs, toMs, site, lineItem, network, asn, note } = change;
  await clickhouse.command(
    `INSERT INTO traffic_reversals SETTINGS ${settings}
     SELECT {id:UInt64}, {state:String}, fromUnixTimestamp64Milli({atMs:Int64}, 'UTC'), {reason:String},
       fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC'), fromUnixTimestamp64Milli({toMs:Int64}, 'UTC'),
       {site:UInt32}, {lineItem:UInt32}, {network:String}, {asn:UInt32}, {note:String}`,
    { id, state, atMs, reason, fromMs, toMs, site, lineItem, network, asn, note },
    { lane: 'reports' },
  );
}
