import type { SnapshotLineItem } from '../inventory/snapshot.ts';
import { promptMs, type ReportedItem, type WorkerLeases, type WorkerReport } from './protocol.ts';

/** What one worker knows of one line item with a goal or a budget. */
interface Account {
  readonly id: number;
  /** In the present snapshot; -1: it is not in it. */
  slot: number;
  granted: number;
  used: number;
  returned: number;
  untilMs: number;
  pace: number;
  impressions: number;
  prompt: number;
  viewable: number;
  clicks: number;
}

/**
 * A worker's leases: how many ads of each line item it may still hand out. A decision reads `left` and `pace` by the
 * line item's slot, and `spend` takes one away. Line items without goal and budget have infinitely many.
 */
export class LeaseAccounts {
  readonly #worker: string;
  readonly #accounts = new Map<number, Account>();
  /** Infinite where nothing limits the line item; 0 where there is no lease. */
  left = new Float64Array(0);
  /** In ads per second. */
  pace = new Float64Array(0);
  /** Goes up whenever `left` or `pace` change in another way than by `spend`. */
  raised = 0;

  /** @param worker names this worker, and no other that ever was */
  constructor(worker: string) {
    this.#worker = worker;
  }

  /** Takes over a new snapshot's line items, in their order. What was leased stays leased. */
  bind(lineItems: readonly SnapshotLineItem[]): void {
    for (const account of this.#accounts.values()) {
      this.#settle(account);
      account.slot = -1;
    }
    this.left = new Float64Array(lineItems.length).fill(Number.POSITIVE_INFINITY);
    this.pace = new Float64Array(lineItems.length).fill(1);
    this.raised++;
    lineItems.forEach(({ id, goal, budget }, slot) => {
      if (goal === undefined && budget === undefined) return;
      const account = this.#account(id);
      account.slot = slot;
      this.#show(account);
    });
  }

  /** Counts one ad handed out. */
  spend(slot: number): void {
    this.left[slot] = (this.left[slot] as number) - 1;
  }

  /** Counts an event that counts. Of line items without goal and budget nothing is kept. */
  count(
    type: 'impression' | 'viewable' | 'click',
    lineItemId: number,
    decidedMs: number,
    nowMs: number,
  ): void {
    const account = this.#accounts.get(lineItemId);
    if (account === undefined) return;
    if (type === 'impression') {
      account.impressions++;
      if (nowMs - decidedMs < promptMs) account.prompt++;
    } else if (type === 'viewable') account.viewable++;
    else account.clicks++;
  }

  /** Takes what the controller granted; messages for other workers change nothing. */
  apply(leases: WorkerLeases, nowMs: number): void {
    if (leases.worker !== this.#worker) return;
    for (const { id, granted, untilMs, pace } of leases.items) {
      const account = this.#account(id);
      this.#settle(account);
      account.granted = Math.max(account.granted, granted);
      account.untilMs = Math.max(account.untilMs, untilMs);
      account.pace = pace;
      this.#show(account);
    }
    this.expire(nowMs);
  }

  /** Gives back what has run out. To be called often: a lease holds no longer than until the next call. */
  expire(nowMs: number): void {
    for (const account of this.#accounts.values()) {
      if (nowMs < account.untilMs) continue;
      this.#settle(account);
      if (account.granted - account.used === account.returned) continue;
      account.returned = account.granted - account.used;
      this.#show(account);
    }
  }

  report(nowMs: number): WorkerReport {
    const items: ReportedItem[] = [];
    for (const account of this.#accounts.values()) {
      this.#settle(account);
      const { id, granted, used, returned, impressions, prompt, viewable, clicks } = account;
      if (granted + impressions + viewable + clicks === 0) continue;
      items.push({ id, granted, used, returned, impressions, prompt, viewable, clicks });
    }
    return { worker: this.#worker, atMs: nowMs, items };
  }

  /** Reads from `left` what was used. */
  #settle(account: Account): void {
    if (account.slot < 0) return;
    account.used = account.granted - account.returned - (this.left[account.slot] as number);
  }

  #show({ slot, granted, used, returned, pace }: Account): void {
    if (slot < 0) return;
    this.raised++;
    this.left[slot] = granted - used - returned;
    this.pace[slot] = pace;
  }

  #account(id: number): Account {
    let account = this.#accounts.get(id);
    if (account === undefined) {
      account = {
        id,
        slot: -1,
        granted: 0,
        used: 0,
        returned: 0,
        untilMs: 0,
        pace: 1,
        impressions: 0,
        prompt: 0,
        viewable: 0,
        clicks: 0,
      };
      this.#accounts.set(id, account);
    }
    return account;
  }
}
