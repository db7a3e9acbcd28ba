import { type Cap, capWindowMs } from '../inventory/delivery-terms.ts';
import type { SnapshotCreative, SnapshotLineItem } from '../inventory/snapshot.ts';
import { TwoGenerationCache } from './two-generation-cache.ts';

/** One cap, ready for decisions. */
export interface CapRule {
  /** What is counted: a creative, a line item or a campaign, each with a number of its own. */
  readonly subject: number;
  /** At most this many in any stretch of `windowMs`, which is infinite for a lifetime. */
  readonly events: number;
  readonly windowMs: number;
}

/** What a visitor was shown, as far as caps ask for it. Kept by a worker, or carried by a cookie. */
export interface SeenAds {
  /** How often the subject was shown after `sinceMs`. */
  count(subject: number, sinceMs: number): number;
}

const kinds = { creative: 0, lineItem: 1, campaign: 2 } as const;

function rules(kind: keyof typeof kinds, id: number, caps: readonly Cap[] | undefined): CapRule[] {
  if (caps === undefined) return [];
  // Ids have 31 bits: the product is exact.
  const subject = id * 4 + kinds[kind];
  return caps.map((cap) => ({ subject, events: cap.events, windowMs: capWindowMs(cap) }));
}

/** The caps of a line item and of its campaign. */
export function lineItemCaps({
  id,
  campaignId,
  caps,
  campaignCaps,
}: Pick<SnapshotLineItem, 'id' | 'campaignId' | 'caps' | 'campaignCaps'>): readonly CapRule[] {
  return [...rules('lineItem', id, caps), ...rules('campaign', campaignId, campaignCaps)];
}

export function creativeCaps({ id, caps }: Pick<SnapshotCreative, 'id' | 'caps'>): readonly CapRule[] {
  return rules('creative', id, caps);
}

/** Whether one of the caps leaves no room for `more` further ads. */
export function isCapped(caps: readonly CapRule[], seen: SeenAds, nowMs: number, more: number): boolean {
  for (const { subject, events, windowMs } of caps) {
    if (seen.count(subject, nowMs - windowMs) + more > events) return true;
  }
  return false;
}

/** The times at which one visitor got what is capped. */
class SeenByVisitor implements SeenAds {
  /** Subjects and times in turn, as few numbers as there are: most visitors get one or two such ads. */
  #shown: readonly number[] = [];

  count(subject: number, sinceMs: number): number {
    const shown = this.#shown;
    let count = 0;
    for (let at = 0; at < shown.length; at += 2) {
      if (shown[at] === subject && (shown[at + 1] as number) > sinceMs) count++;
    }
    return count;
  }

  /** No cap asks for more than the last `keep` times. */
  add(subject: number, keep: number, nowMs: number): void {
    const shown = this.#shown;
    if (this.count(subject, Number.NEGATIVE_INFINITY) < keep) {
      this.#shown = [...shown, subject, nowMs];
      return;
    }
    let oldest = 0;
    while (shown[oldest] !== subject) oldest += 2;
    this.#shown = [...shown.slice(0, oldest), ...shown.slice(oldest + 2), subject, nowMs];
  }
}

/** A visitor who is capped takes about 200 bytes. */
const keptVisitors = 50_000;

/**
 * What visitors were shown, in this process's memory, by their number. Bounded: of more than 50,000 visitors with
 * capped ads those are forgotten who have not come for the longest time, and may then see an ad once more than
 * its cap. Each worker counts for itself; a browser's kept connection stays with one worker.
 */
export class VisitorCaps {
  readonly #visitors: TwoGenerationCache<SeenByVisitor>;

  constructor(visitors = keptVisitors) {
    this.#visitors = new TwoGenerationCache(visitors);
  }

  /** @param visitor the visitor number, 16 hex digits */
  of(visitor: string): SeenAds {
    return this.#visitors.get(visitor) ?? nothingSeen;
  }

  /** Counts an ad that was handed out. */
  record(visitor: string, caps: readonly CapRule[], nowMs: number): void {
    if (caps.length === 0) return;
    let seen = this.#visitors.get(visitor);
    if (seen === undefined) {
      seen = new SeenByVisitor();
      this.#visitors.set(visitor, seen);
    }
    const keep = new Map<number, number>();
    for (const { subject, events } of caps) keep.set(subject, Math.max(events, keep.get(subject) ?? 0));
    for (const [subject, events] of keep) seen.add(subject, events, nowMs);
  }
}

const nothingSeen: SeenAds = { count: () => 0 };
