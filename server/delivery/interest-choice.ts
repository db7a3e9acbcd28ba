import { candidateIn, type Decision, decide, decided } from './decide.ts';
import { type DecisionState, reasonAgainst } from './eligible.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { Candidate } from './plan.ts';
import type { Facts } from './targeting/facts.ts';

/** So many line items for the visitor's segments are looked at; where there are more, a stretch of them at random. */
const maxLooks = 32;

/**
 * As `decide`. Between two line items that are equal otherwise, of one type and one price, the one that is for the
 * visitor's interests goes first. Shares of sponsorships, and whoever is behind its plan, go before interests.
 */
export function decideByInterest(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  facts: Facts,
  random: () => number,
  state: DecisionState,
): Decision {
  const decision = decide(inventory, zone, facts, random, state);
  if (facts.segments.length === 0 || decision.noFill !== undefined) return decision;
  const { candidate } = decision;
  if (candidate.lineItem.type === 'sponsorship' || candidate.limited) return decision;
  const better = drawInterested(inventory, zone, facts, random, state, candidate);
  return better === undefined ? decision : decided(better, state, facts.nowMs, random);
}

/** One of those who are for the visitor's segments and equal to `to`, by weight; `to` itself where it is one. */
function drawInterested(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  facts: Facts,
  random: () => number,
  state: DecisionState,
  to: Candidate,
): Candidate | undefined {
  const lists: (readonly number[])[] = [];
  let count = 0;
  for (const segment of facts.segments) {
    const list = inventory.slotsForSegment(segment);
    if (list.includes(to.slot)) return undefined;
    lists.push(list);
    count += list.length;
  }
  const slots = stretchOf(lists, count, count > maxLooks ? Math.floor(random() * count) : 0);
  let best: Candidate | undefined;
  let total = 0;
  for (const slot of slots) {
    const candidate = candidateIn(inventory, zone, facts, slot);
    if (candidate === undefined || !areEqual(candidate, to)) continue;
    if (reasonAgainst(candidate, undefined, facts, state) !== 0) continue;
    const { weight } = candidate.lineItem;
    total += weight;
    if (random() * total < weight) best = candidate;
  }
  return best;
}

/** At most `maxLooks` of what the lists have one behind the other, from `from` on and round; each once. */
function stretchOf(lists: readonly (readonly number[])[], count: number, from: number): readonly number[] {
  const slots: number[] = [];
  let list = 0;
  let at = from;
  for (let looks = Math.min(maxLooks, count); looks > 0; looks--) {
    while (at >= (lists[list] as readonly number[]).length) {
      at -= (lists[list] as readonly number[]).length;
      list = (list + 1) % lists.length;
    }
    const slot = (lists[list] as readonly number[])[at++] as number;
    if (!slots.includes(slot)) slots.push(slot);
  }
  return slots;
}

function areEqual({ lineItem: one, limited }: Candidate, { lineItem: other }: Candidate): boolean {
  return (
    one.type === other.type && !limited && (one.expectedCpmMicros ?? 0) === (other.expectedCpmMicros ?? 0)
  );
}
