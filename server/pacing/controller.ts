import type { SnapshotLineItem } from '../inventory/snapshot.ts';
import { type DailyCurve, flatCurve } from './daily-curve.ts';
import { type EventCounts, held, type LedgerState, LineItemLedger, newLedgerState } from './ledger.ts';
import { LocalDays } from './local-days.ts';
import type { LeasedItem, WorkerLeases, WorkerReport } from './protocol.ts';
import { type PacedTerms, roomFor, sliceMs } from './room.ts';
import { grantsFor } from './sharing.ts';
import { type Standing, standingOf } from './standing.ts';

/** A lease that is not renewed runs out after this time. */
export const leaseMs = 15_000;
/** As long after that, a worker from which nothing was heard is given up: clocks and reports may be that late. */
const graceMs = 10_000;
/** A worker is given leases while its last report is not older than this. */
const aliveMs = 5000;
/** A worker whose reports are there no more is forgotten as long after its last lease. */
const forgottenMs = 600_000;

/** Where the curve of a line item's traffic comes from. */
export type CurveOf = (lineItem: SnapshotLineItem) => DailyCurve;

interface Paced {
  readonly lineItem: SnapshotLineItem;
  readonly terms: PacedTerms;
  readonly days: LocalDays;
}

/** What a round decided. */
export interface Round {
  /** Whole messages, one for each worker that is alive. */
  readonly leases: readonly WorkerLeases[];
  /** Line items whose state has to be kept before the leases may be handed out. */
  readonly changed: readonly number[];
}

/**
 * Hands out leases so that no goal and no budget is passed, and line items keep to their plans. Has no clock, no
 * disk and no network: whoever runs it brings it reports, keeps its state and carries its leases away.
 */
export class PacingController {
  readonly #ledgers = new Map<number, LineItemLedger>();
  readonly #days = new Map<string, LocalDays>();
  readonly #dirty = new Set<number>();
  readonly #heardAtMs = new Map<string, number>();
  readonly #reportedAtMs = new Map<string, number>();
  #paced: readonly Paced[] = [];
  #terms = new Map<number, SnapshotLineItem>();
  #curveOf: CurveOf;
  #rounds = 0;

  constructor(states: Iterable<readonly [number, LedgerState]> = [], curveOf: CurveOf = () => flatCurve) {
    for (const [id, state] of states) this.#ledgers.set(id, new LineItemLedger(state));
    this.#curveOf = curveOf;
  }

  /** Takes over the line items of a snapshot. Those that are gone keep their books. */
  setLineItems(lineItems: readonly SnapshotLineItem[], nowMs: number): void {
    const limited = lineItems.filter(({ goal, budget }) => goal !== undefined || budget !== undefined);
    this.#terms = new Map(limited.map((lineItem) => [lineItem.id, lineItem]));
    this.#paced = limited.map((lineItem) => ({
      lineItem,
      terms: termsOf(lineItem, this.#ledger(lineItem.id, nowMs).state.sinceMs),
      days: this.#daysOf(lineItem.timeZone ?? 'UTC'),
    }));
  }

  setCurves(curveOf: CurveOf): void {
    this.#curveOf = curveOf;
  }

  /** Reads a worker's report. The same report again changes nothing. */
  receive(report: WorkerReport, nowMs: number): void {
    // By this clock, and not by the worker's: another machine's may be ahead or behind.
    if (this.#reportedAtMs.get(report.worker) !== report.atMs) this.#heardAtMs.set(report.worker, nowMs);
    this.#reportedAtMs.set(report.worker, report.atMs);
    for (const item of report.items) {
      const ledger = this.#ledger(item.id, nowMs);
      const lineItem = this.#terms.get(item.id);
      ledger.advance(this.#daysOf(lineItem?.timeZone ?? 'UTC').dayOf(nowMs), nowMs);
      if (ledger.receive(report.worker, item, lineItem?.price, nowMs)) this.#dirty.add(item.id);
    }
  }

  /** Says that a worker has ended, and that its reports are there no more. */
  removed(worker: string): void {
    this.#heardAtMs.delete(worker);
    this.#reportedAtMs.delete(worker);
  }

  /** One look at every line item that runs. To be called about once a second. */
  round(nowMs: number): Round {
    const alive = [...this.#heardAtMs].filter(([, atMs]) => nowMs - atMs <= aliveMs).map(([id]) => id);
    const changed: number[] = [];
    const items = new Map<string, LeasedItem[]>(alive.map((worker) => [worker, []]));
    this.#rounds++;
    for (const { lineItem, terms, days } of this.#paced) {
      if (nowMs < terms.flight.startMs || nowMs >= terms.flight.endMs) continue;
      const ledger = this.#ledger(lineItem.id, nowMs);
      ledger.advance(days.dayOf(nowMs), nowMs);
      let isChanged = ledger.giveUp(nowMs, graceMs);
      const { ads, pace } = roomFor(terms, ledger, this.#curveOf(lineItem), days, nowMs);
      const grants = grantsFor(ledger, alive, ads, this.#rounds);
      for (const [at, worker] of alive.entries()) {
        const account = ledger.account(worker);
        const grant = grants[at] as number;
        // Who uses its lease keeps it; what nobody uses has to come back to those who would.
        if (grant > 0 || (account.pull >= 0.5 && held(account) > 0)) account.untilMs = nowMs + leaseMs;
        account.granted += grant;
        if (grant > 0) isChanged = true;
        if (nowMs < account.untilMs) {
          const { granted, untilMs } = account;
          items.get(worker)?.push({ id: lineItem.id, granted, untilMs, pace: pace / alive.length });
        }
      }
      this.#forgetRemoved(ledger, nowMs);
      if (isChanged) changed.push(lineItem.id);
    }
    return { leases: [...items].map(([worker, leased]) => ({ worker, items: leased })), changed };
  }

  /**
   * Puts the counts of a line item right, see `LineItemLedger.correct`.
   * @returns whether anything was wrong
   */
  correct(id: number, total: EventCounts, today: EventCounts, untilMs: number): boolean {
    const ledger = this.#ledgers.get(id);
    const corrected = ledger?.correct(total, today, this.#terms.get(id)?.price, untilMs) ?? false;
    if (corrected) this.#dirty.add(id);
    return corrected;
  }

  /** Line items whose state has changed since the last call. */
  takeDirty(): readonly number[] {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    return dirty;
  }

  state(id: number): LedgerState | undefined {
    return this.#ledgers.get(id)?.state;
  }

  /** Where a line item with a goal or a budget stands, by what is booked; also one that is not taken over yet. */
  standing(lineItem: SnapshotLineItem, nowMs: number): Standing {
    const ledger = this.#ledgers.get(lineItem.id) ?? new LineItemLedger(newLedgerState(nowMs));
    const days = this.#daysOf(lineItem.timeZone ?? 'UTC');
    ledger.advance(days.dayOf(nowMs), nowMs);
    const terms = termsOf(lineItem, ledger.state.sinceMs);
    return standingOf(terms, ledger, this.#curveOf(lineItem), days, nowMs);
  }

  /** Line items that are paced, with the beginning of the calendar day that each has now, and since when it counts. */
  counted(nowMs: number): { id: number; sinceMs: number; dayStartMs: number }[] {
    return this.#paced.map(({ lineItem: { id }, terms, days }) => ({
      id,
      sinceMs: Math.min(terms.flight.startMs, this.#ledger(id, nowMs).state.sinceMs),
      dayStartMs: days.dayOf(nowMs).startMs,
    }));
  }

  /**
   * Only who cannot be heard again may be forgotten: an old report that came once more would be counted once more.
   */
  #forgetRemoved(ledger: LineItemLedger, nowMs: number): void {
    for (const [worker, account] of Object.entries(ledger.state.workers)) {
      const gone = !this.#heardAtMs.has(worker) && nowMs > account.untilMs + forgottenMs;
      if (gone && held(account) === 0) ledger.forget(worker);
    }
  }

  #ledger(id: number, nowMs: number): LineItemLedger {
    let ledger = this.#ledgers.get(id);
    if (ledger === undefined) {
      ledger = new LineItemLedger(newLedgerState(nowMs));
      this.#ledgers.set(id, ledger);
    }
    return ledger;
  }

  #daysOf(timeZone: string): LocalDays {
    let days = this.#days.get(timeZone);
    if (days === undefined) {
      days = new LocalDays(timeZone);
      this.#days.set(timeZone, days);
    }
    return days;
  }
}

function termsOf(
  { startMs, endMs, goal, budget, price, pacing }: SnapshotLineItem,
  sinceMs: number,
): PacedTerms {
  const flight = { startMs: startMs ?? sinceMs, endMs: endMs ?? Number.POSITIVE_INFINITY };
  return { flight, goal, budget, price, even: pacing !== 'asap' };
}

export { sliceMs };
