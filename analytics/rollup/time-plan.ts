import { dayMs, periodMs, quarterMs } from './period.ts';

/** Half-open, milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From where each part of a range is read; no instant is in two of them. */
export interface TimePlan {
  readonly day: readonly Span[];
  readonly hour: readonly Span[];
  readonly quarter: readonly Span[];
  /** Read from the events. */
  readonly events: readonly Span[];
}

export interface TimePlanOptions extends Span {
  /** Instants at which a day or hour of the report begins, in order: no row may reach across one. */
  readonly cuts: readonly number[];
  /** Whether there are quarters, or whole hours at the finest. */
  readonly finest: 'quarter' | 'hour';
  /** Whether a UTC day's rows may be read. */
  readonly isDayValid: (dayMs: number) => boolean;
  /** Whether an hour's rows may be read. */
  readonly isHourValid: (hourMs: number) => boolean;
  /** Whether there is nothing else to read. Then a row counts where it begins, though it reaches across a cut. */
  readonly isHourDropped?: (hourMs: number) => boolean;
}

/** Divides a range into as long stretches as there are rows for: whole days, else hours, else quarters, else events. */
export function planTime(options: TimePlanOptions): TimePlan {
  const { fromMs, toMs, cuts, finest, isDayValid, isHourValid, isHourDropped } = options;
  const plan = { day: [] as Span[], hour: [] as Span[], quarter: [] as Span[], events: [] as Span[] };
  let cut = 0;
  const isWhole = (start: number, end: number) => {
    while (cut < cuts.length && (cuts[cut] as number) <= start) cut++;
    return start >= fromMs && end <= toMs && !((cuts[cut] ?? end) < end);
  };
  let at = fromMs;
  while (at < toMs) {
    const hour = Math.floor(at / periodMs) * periodMs;
    if (at % dayMs === 0 && isWhole(at, at + dayMs) && isDayValid(at)) {
      add(plan.day, at, at + dayMs);
      at += dayMs;
      continue;
    }
    const hourEnd = Math.min(toMs, hour + periodMs);
    const dropped = isHourDropped?.(hour) === true;
    if (!isHourValid(hour)) add(plan.events, at, hourEnd);
    else if (dropped && finest === 'hour' && at === hour) add(plan.hour, hour, hour + periodMs);
    else if (at === hour && isWhole(hour, hour + periodMs)) add(plan.hour, hour, hourEnd);
    else if (finest === 'hour') add(plan.events, at, hourEnd);
    else {
      for (let quarter = at; quarter < hourEnd; ) {
        const end = Math.min(hourEnd, Math.floor(quarter / quarterMs) * quarterMs + quarterMs);
        const whole = quarter % quarterMs === 0 && end - quarter === quarterMs;
        if (whole) add(plan.quarter, quarter, end);
        else if (!dropped) add(plan.events, quarter, end);
        else if (quarter % quarterMs === 0) add(plan.quarter, quarter, quarter + quarterMs);
        quarter = end;
      }
    }
    at = hourEnd;
  }
  return plan;
}

/** Spans come in order: one that follows the last without a gap goes on with it. */
function add(spans: Span[], fromMs: number, toMs: number): void {
  const last = spans.at(-1);
  if (last?.toMs === fromMs) spans[spans.length - 1] = { fromMs: last.fromMs, toMs };
  else spans.push({ fromMs, toMs });
}
