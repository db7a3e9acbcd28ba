import type { Span } from '../rollup/time-plan.ts';
import { zoneOffsets } from './time-zone.ts';

/** The instants within a range at which a day or hour of a time zone begins, in order. */
export function timeCuts(timeZone: string, unit: 'day' | 'hour', { fromMs, toMs }: Span): number[] {
  const unitMs = unit === 'day' ? 86_400_000 : 3_600_000;
  const { startsMs, offsetsMs } = zoneOffsets(timeZone, fromMs, toMs);
  const cuts: number[] = [];
  startsMs.forEach((startMs, index) => {
    const offset = offsetsMs[index] ?? 0;
    const from = Math.max(fromMs, startMs);
    const to = Math.min(toMs, startsMs[index + 1] ?? toMs);
    // Where the clocks are changed another hour begins, and now and then a day.
    if (from > fromMs) cuts.push(from);
    const first = Math.ceil((from + offset) / unitMs) * unitMs - offset;
    for (let at = first; at < to; at += unitMs) if (at !== cuts.at(-1)) cuts.push(at);
  });
  return cuts;
}
