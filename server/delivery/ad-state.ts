import { reasonBit } from '../../analytics/index.ts';
import type { SnapshotLineItem } from '../inventory/snapshot.ts';
import { LeaseAccounts } from '../pacing/worker-leases.ts';
import { VisitorCaps } from './caps.ts';
import type { Decision } from './decide.ts';
import type { DecisionState } from './eligible.ts';
import type { InventoryIndex } from './inventory-index.ts';

/** To whom an ad is shown. */
interface Shown {
  /** The visitor number, 16 hex digits. */
  readonly visitor: string;
  readonly marks?: number;
}

/** What one worker counts: the leases it holds, and what its visitors were shown. Decisions read it, and change nothing. */
export class AdState {
  readonly leases: LeaseAccounts;
  readonly #caps = new VisitorCaps();

  /** @param worker names this worker, and no other that ever was */
  constructor(worker: string) {
    this.leases = new LeaseAccounts(worker);
  }

  /** To be called when the inventory is swapped: slots belong to one snapshot. */
  bind(lineItems: readonly SnapshotLineItem[]): void {
    this.leases.bind(lineItems);
  }

  of(inventory: InventoryIndex, who: Shown): DecisionState {
    const seen = inventory.hasCaps ? this.#caps.of(who.visitor) : undefined;
    return { allowance: this.leases, seen, page: undefined, hidden: undefined };
  }

  /**
   * Counts what a decision handed out. A declared bot uses up no lease: nothing of it can count, since its events come
   * with its name, or with another browser's.
   */
  taken(decision: Decision, who: Shown, nowMs: number): void {
    if (decision.noFill !== undefined) return;
    const { candidate, creative } = decision;
    if (candidate.limited && ((who.marks ?? 0) & reasonBit.bot) === 0) this.leases.spend(candidate.slot);
    if (candidate.caps.length + creative.caps.length > 0) {
      this.#caps.record(who.visitor, [...candidate.caps, ...creative.caps], nowMs);
    }
  }
}
