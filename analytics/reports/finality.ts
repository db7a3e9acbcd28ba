import { closedUntil } from '../rollup/period.ts';
import { isRolledUp, type PeriodState } from '../rollup/state.ts';

/** Up to when the numbers of a range are final: the end of its closed hours, or the first that awaits its rollup. */
export function finalUntilMs(
  states: readonly PeriodState[],
  range: { fromMs: number; toMs: number },
  nowMs: number,
): number {
  const open = states.filter((state) => !isRolledUp(state)).map((state) => state.periodMs);
  const until = Math.min(range.toMs, closedUntil(nowMs), ...open.slice(0, 1));
  return Math.max(range.fromMs, until);
}
