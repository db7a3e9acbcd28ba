import type { LineItemType } from '../inventory/snapshot.ts';
import { NeedOrder } from './need-order.ts';
import type { Candidate } from './plan.ts';
import type { Rule } from './targeting/rule.ts';
import { VisitorAnswers } from './visitor-answers.ts';

/** A candidate, and what is left to ask of the request. */
export interface Open {
  readonly candidate: Candidate;
  readonly ask: Rule | undefined;
}

/**
 * Candidates that compete with each other. A decision goes through the ranks in their order until one has an answer:
 * sponsorships by their shares; standard line items with a goal or budget by need, then those without by weight;
 * price priority by weight within each eCPM, the highest first; house by weight.
 */
export interface Rank {
  readonly type: LineItemType;
  readonly order: 'share' | 'need' | 'weight';
  /** Lower goes first; ranks of several plans with the same one compete with each other. */
  readonly precedence: number;
  readonly candidates: readonly Candidate[];
  /** What is left to ask of the request, by candidate. */
  readonly asks: readonly (Rule | undefined)[];
  /** Whether there is anything left to ask. */
  readonly asking: boolean;
  /** The candidates' slots. */
  readonly slots: Int32Array;
  /** Only where the order is that of need. */
  readonly needs: NeedOrder | undefined;
  /** Of candidates that ask of the visitor alone, the answers by the visitor's class. */
  readonly answers: VisitorAnswers;
  /** `ends[i]` is the sum of shares or weights of candidates 0 to i: candidate i has the half-open range up to it. */
  readonly ends: Float64Array;
  /** The sum of all shares or weights. */
  readonly total: number;
  /** The sum of those whom on a page of one zone nothing can rule out. */
  readonly sure: number;
  /** Nobody in it has a goal, budget, cap or roadblock: on a page of one zone only targeting has to be looked at. */
  readonly free: boolean;
}

const precedences = {
  sponsorship: Number.NEGATIVE_INFINITY,
  need: -Number.MAX_VALUE,
  standard: -Number.MAX_VALUE / 2,
  house: 1,
} as const;

/** The ranks of line items of one type, in the order of precedence. */
export function ranksOf(type: LineItemType, ofType: readonly Open[]): Rank[] {
  switch (type) {
    case 'sponsorship':
      return rank(type, 'share', precedences.sponsorship, ofType);
    case 'standard':
      return [
        ...rank(
          type,
          'need',
          precedences.need,
          ofType.filter(({ candidate }) => candidate.limited),
        ),
        ...rank(
          type,
          'weight',
          precedences.standard,
          ofType.filter(({ candidate }) => !candidate.limited),
        ),
      ];
    case 'price_priority':
      return [...byCpmMicros(ofType)]
        .sort(([a], [b]) => b - a)
        .flatMap(([cpmMicros, same]) => rank(type, 'weight', -cpmMicros, same));
    case 'house':
      return rank(type, 'weight', precedences.house, ofType);
  }
}

function byCpmMicros(all: readonly Open[]): Map<number, Open[]> {
  const byCpm = new Map<number, Open[]>();
  for (const open of all) {
    const cpm = open.candidate.lineItem.expectedCpmMicros ?? 0;
    const same = byCpm.get(cpm);
    if (same === undefined) byCpm.set(cpm, [open]);
    else same.push(open);
  }
  return byCpm;
}

/** What a sponsorship asks for, in percent; weight for all others. */
export const rangeOf = ({ lineItem }: Candidate): number =>
  lineItem.type === 'sponsorship' ? (lineItem.share ?? 100) : lineItem.weight;

/** None where there are no candidates. */
function rank(type: LineItemType, order: Rank['order'], precedence: number, all: readonly Open[]): Rank[] {
  if (all.length === 0) return [];
  const candidates = all.map(({ candidate }) => candidate);
  const asks = all.map(({ ask }) => ask);
  const ends = new Float64Array(candidates.length);
  let total = 0;
  candidates.forEach((candidate, at) => {
    total += rangeOf(candidate);
    ends[at] = total;
  });
  const asking = asks.some((ask) => ask !== undefined);
  const slots = Int32Array.from(candidates, ({ slot }) => slot);
  const free = candidates.every(isFree);
  const sure = all.reduce(
    (sum, { candidate, ask }) => (ask === undefined && isFree(candidate) ? sum + rangeOf(candidate) : sum),
    0,
  );
  const needs = order === 'need' ? new NeedOrder(slots) : undefined;
  const answers = new VisitorAnswers(asks);
  return [
    { type, order, precedence, candidates, asks, asking, slots, needs, answers, ends, total, sure, free },
  ];
}

const isFree = ({ limited, caps, roadblock, creatives }: Candidate): boolean =>
  !limited && caps.length === 0 && !roadblock && creatives.every((creative) => creative.caps.length === 0);
