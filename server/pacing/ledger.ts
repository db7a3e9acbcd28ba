import { costMicros, type GoalMetric, type Price, pricedMetric } from '../inventory/delivery-terms.ts';
import type { LocalDay } from './local-days.ts';
import type { ReportedItem } from './protocol.ts';

/** Counted events, or the ads from which they come. */
export interface EventCounts {
  impressions: number;
  viewable: number;
  clicks: number;
}

/** What came in one minute. */
interface Minute extends EventCounts {
  /** Minutes since 1970. */
  readonly minute: number;
  ads: number;
  prompt: number;
  /** Of the ads, those that were given up with their worker. */
  lost: number;
}

/** What one worker holds of the line item, and how far its reports were read. */
export interface WorkerAccount {
  granted: number;
  used: number;
  returned: number;
  /** Granted, never accounted for, and given up: the worker is gone. */
  lost: number;
  untilMs: number;
  /** Recent use, in ads per slice. */
  pull: number;
  readonly seen: EventCounts & { prompt: number };
}

/** Everything that is known of one line item's delivery; plain data, kept in the database as it is. */
export interface LedgerState {
  /** When the controller first met it: the start of a flight that has none. */
  readonly sinceMs: number;
  readonly total: EventCounts;
  readonly today: EventCounts & { dayStartMs: number };
  spentMicros: number;
  spentTodayMicros: number;
  /** Decayed sums of ads and what came of them: where rates come from. */
  readonly history: EventCounts & { ads: number };
  minutes: Minute[];
  /** Up to when the counts were put right last. */
  correctedMs: number;
  readonly workers: Record<string, WorkerAccount>;
}

const minuteMs = 60_000;
/** A decision's events count for two hours (`countedForMs`); a little more, so that the oldest minute is whole. */
export const keptMinutes = 125;
/** History is halved above as many ads, so that rates follow what changes. */
const historyAds = 50_000;
const metrics = ['impressions', 'viewable', 'clicks'] as const satisfies readonly GoalMetric[];

const noEvents = (): EventCounts => ({ impressions: 0, viewable: 0, clicks: 0 });

export function newLedgerState(nowMs: number): LedgerState {
  return {
    sinceMs: nowMs,
    total: noEvents(),
    today: { ...noEvents(), dayStartMs: 0 },
    spentMicros: 0,
    spentTodayMicros: 0,
    history: { ...noEvents(), ads: 0 },
    minutes: [],
    correctedMs: 0,
    workers: {},
  };
}

/** Keeps the books of one line item. */
export class LineItemLedger {
  readonly state: LedgerState;

  constructor(state: LedgerState) {
    this.state = state;
  }

  /** Begins the day where it has changed, and lets go of minutes that nothing depends on any more. */
  advance(day: LocalDay, nowMs: number): void {
    const { today, minutes } = this.state;
    if (today.dayStartMs !== day.startMs) {
      Object.assign(today, noEvents(), { dayStartMs: day.startMs });
      this.state.spentTodayMicros = 0;
    }
    const oldest = Math.floor(nowMs / minuteMs) - keptMinutes;
    if ((minutes[0]?.minute ?? oldest) >= oldest) return;
    this.state.minutes = minutes.filter((each) => each.minute >= oldest);
  }

  /**
   * Books what a worker has reported since its last report. A report older than one that was read changes nothing.
   * @returns whether there was anything to book
   */
  receive(worker: string, item: ReportedItem, price: Price | undefined, nowMs: number): boolean {
    const account = this.account(worker);
    const used = Math.max(0, item.used - account.used);
    const was = account.returned;
    account.used += used;
    account.returned = Math.max(account.returned, item.returned);
    // A worker that was given up and is back after all.
    account.lost = Math.min(account.lost, Math.max(0, account.granted - account.used - account.returned));
    account.pull += used;
    const came = {
      impressions: taken(account.seen, item, 'impressions'),
      prompt: taken(account.seen, item, 'prompt'),
      viewable: taken(account.seen, item, 'viewable'),
      clicks: taken(account.seen, item, 'clicks'),
    };
    if (used + came.impressions + came.viewable + came.clicks === 0) {
      return account.returned !== was;
    }
    const minute = this.#minute(nowMs);
    const { history } = this.state;
    minute.ads += used;
    minute.prompt += came.prompt;
    history.ads += used;
    this.#charge(price, came);
    for (const metric of metrics) {
      minute[metric] += came[metric];
      history[metric] += came[metric];
      this.state.total[metric] += came[metric];
      this.state.today[metric] += came[metric];
    }
    if (history.ads > historyAds) {
      history.ads /= 2;
      for (const metric of metrics) history[metric] /= 2;
    }
    return true;
  }

  /**
   * Puts right what was counted up to a time, by counts that have no duplicates and miss nothing.
   * @param untilMs the end of a minute, not before the oldest that is kept
   * @returns whether it was taken: counts that reach less far back are not comparable
   */
  correct(total: EventCounts, today: EventCounts, price: Price | undefined, untilMs: number): boolean {
    const first = untilMs / minuteMs;
    const { state } = this;
    state.correctedMs = Math.max(state.correctedMs, untilMs);
    const wasTotal = { ...state.total };
    const wasToday = { ...state.today };
    for (const each of state.minutes) {
      if (each.minute < first) continue;
      for (const metric of metrics) {
        wasTotal[metric] -= each[metric];
        if (each.minute * minuteMs >= state.today.dayStartMs) wasToday[metric] -= each[metric];
      }
    }
    const sameDay = untilMs > state.today.dayStartMs;
    const missing = noEvents();
    const missingToday = noEvents();
    for (const metric of metrics) {
      missing[metric] = total[metric] - wasTotal[metric];
      missingToday[metric] = sameDay ? today[metric] - wasToday[metric] : 0;
    }
    const metric = price === undefined ? undefined : pricedMetric(price.model);
    if (price !== undefined && metric !== undefined) {
      state.spentMicros = Math.max(0, state.spentMicros + signedCost(price, missing[metric]));
      state.spentTodayMicros = Math.max(0, state.spentTodayMicros + signedCost(price, missingToday[metric]));
    }
    for (const each of metrics) {
      state.total[each] += missing[each];
      state.today[each] += missingToday[each];
    }
    return metrics.some((each) => missing[each] !== 0 || missingToday[each] !== 0);
  }

  /** Sums over the last `minutes` minutes, the present one included. */
  recent(field: GoalMetric | 'ads' | 'prompt', minutes: number, nowMs: number): number {
    const first = Math.floor(nowMs / minuteMs) - minutes + 1;
    const list = this.state.minutes;
    let sum = 0;
    for (let at = list.length - 1; at >= 0; at--) {
      const each = list[at] as Minute;
      if (each.minute < first) break;
      sum += each[field];
    }
    return sum;
  }

  /**
   * Ads that were given up longer ago than in the last `minutes` minutes, and of which nobody knows yet what became:
   * what their worker had not told of any more comes with the next correction.
   * @param mostMinutes older ones are forgotten
   */
  unaccounted(minutes: number, mostMinutes: number, nowMs: number): number {
    const present = Math.floor(nowMs / minuteMs);
    let sum = 0;
    for (const { minute, lost } of this.state.minutes) {
      if (minute > present - minutes) break;
      if (minute > present - mostMinutes && (minute + 1) * minuteMs > this.state.correctedMs) sum += lost;
    }
    return sum;
  }

  /** Granted to workers, and neither used nor given back as far as is known. */
  outstanding(): number {
    let sum = 0;
    for (const account of Object.values(this.state.workers)) sum += held(account);
    return sum;
  }

  account(worker: string): WorkerAccount {
    let account = this.state.workers[worker];
    if (account === undefined) {
      const seen = { ...noEvents(), prompt: 0 };
      account = { granted: 0, used: 0, returned: 0, lost: 0, untilMs: 0, pull: 0, seen };
      this.state.workers[worker] = account;
    }
    return account;
  }

  /**
   * Gives up what workers hold whose leases ran out `graceMs` ago without a word. They may have used it all just
   * before they ended, and its events may still come: it is booked as used now.
   */
  giveUp(nowMs: number, graceMs: number): boolean {
    let any = false;
    for (const account of Object.values(this.state.workers)) {
      const rest = held(account);
      if (rest <= 0 || nowMs < account.untilMs + graceMs) continue;
      account.lost += rest;
      const minute = this.#minute(nowMs);
      minute.ads += rest;
      minute.lost += rest;
      any = true;
    }
    return any;
  }

  /** Forgets a worker that has ended and holds nothing. */
  forget(worker: string): void {
    delete this.state.workers[worker];
  }

  #minute(nowMs: number): Minute {
    const minute = Math.floor(nowMs / minuteMs);
    const list = this.state.minutes;
    const last = list.at(-1);
    // A clock that was put back adds to the youngest minute.
    if (last !== undefined && last.minute >= minute) return last;
    const made = { minute, ads: 0, prompt: 0, lost: 0, ...noEvents() };
    list.push(made);
    return made;
  }

  #charge(price: Price | undefined, came: EventCounts): void {
    const metric = price === undefined ? undefined : pricedMetric(price.model);
    if (price === undefined || metric === undefined) return;
    const before = this.state.total[metric];
    // The difference of two sums: fractions of a micro add up and are not lost.
    const cost = costMicros(price, before + came[metric]) - costMicros(price, before);
    this.state.spentMicros += cost;
    this.state.spentTodayMicros += cost;
  }
}

export const held = ({
  granted,
  used,
  returned,
  lost,
}: Pick<WorkerAccount, 'granted' | 'used' | 'returned' | 'lost'>): number =>
  Math.max(0, granted - used - returned - lost);

function signedCost(price: Price, events: number): number {
  return events < 0 ? -costMicros(price, -events) : costMicros(price, events);
}

function taken<Field extends 'impressions' | 'prompt' | 'viewable' | 'clicks'>(
  seen: Record<Field, number>,
  item: Readonly<Record<Field, number>>,
  field: Field,
): number {
  const more = Math.max(0, item[field] - seen[field]);
  seen[field] += more;
  return more;
}
