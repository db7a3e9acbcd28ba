import { closedUntil } from '../rollup/period.ts';
import type { CubeState } from '../rollup/state.ts';
import type { Span } from '../rollup/time-plan.ts';

/** Up to when the numbers of a range are final: the end of its closed hours, or the first that awaits its rollup. */
export function finalUntilMs({ hours }: CubeState, range: Span, nowMs: number): number {
  const open = hours.find(
    ({ hourMs, valid }) => !valid && hourMs < range.toMs && hourMs + 3_600_000 > range.fromMs,
  );
  const until = Math.min(range.toMs, closedUntil(nowMs), open?.hourMs ?? range.toMs);
  return Math.max(range.fromMs, until);
}
