import { createHash } from 'node:crypto';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** MaxMind builds its databases twice a week at the most, and counts downloads by the day. */
export const checkEveryMs = 12 * hourMs;
const spreadMs = hourMs;
const firstRetryMs = 10 * minuteMs;

/** What is remembered of a download, as far as its next time depends on it. */
export interface PlannedState {
  /** Milliseconds since 1970; 0: never. */
  readonly checkedAtMs: number;
  /** Failed checks since the last one that went well. */
  readonly failures: number;
}

/**
 * When the source is to be asked next, in milliseconds since 1970: at once where nothing is here and nothing failed,
 * else twice a day, spread over an hour by the installation; after failures from ten minutes on, twice as long after
 * each.
 * @param installed whether its file is here
 * @param installation anything that differs between machines
 */
export function nextCheckMs(
  state: PlannedState | undefined,
  installed: boolean,
  installation: string,
): number {
  if (state === undefined) return 0;
  const { checkedAtMs, failures } = state;
  if (failures > 0) return checkedAtMs + Math.min(firstRetryMs * 2 ** (failures - 1), checkEveryMs);
  return installed ? checkedAtMs + checkEveryMs + spreadOf(installation) : 0;
}

function spreadOf(installation: string): number {
  return createHash('sha256').update(installation).digest().readUInt32BE() % spreadMs;
}
