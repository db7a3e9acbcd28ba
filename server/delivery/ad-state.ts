import { reasonBit } from '../../analytics/index.ts';
import type { SnapshotLineItem } from '../inventory/snapshot.ts';
import { LeaseAccounts } from '../pacing/worker-leases.ts';
import { VisitorCaps } from './caps.ts';
import type { Decision } from './decide.ts';
import type { DecisionState } from './eligible.ts';
import type { InventoryIndex } from './inventory-index.ts';

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

  /** @param visitor the visitor number, 16 hex digits */
  of(inventory: InventoryIndex, visitor: string): DecisionState {
    const seen = inventory.hasCaps ? this.#caps.of(visitor) : undefined;
    return { allowance: this.leases, seen, page: undefined };
  }

  /**
   * Counts what a decision handed out. A declared bot uses up no lease: nothing of it can count, since its events come
   * with its name, or with another browser's.
   */
  taken(
    decision: Decision,
    { visitor, marks = 0 }: { visitor: string; marks?: number },
    nowMs: number,
  ): void {
    if (decision.noFill !== undefined) return;
    const { candidate, creative } = decision;
    if (candidate.limited && (marks & reasonBit.bot) === 0) this.leases.spend(candidate.slot);
    if (candidate.caps.length + creative.caps.length > 0) {
      this.#caps.record(visitor, [...candidate.caps, ...creative.caps], nowMs);
    }
  }
}
